using System.CommandLine;
using System.Text.Json;
using TrainingService.Client.Datasets;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;

namespace TrainingService.Client.Cli;

/// <summary>Bringing data sets in, looking at them, removing them.</summary>
internal static class DatasetCommands
{
    public static Command Dataset(Option<Uri> server) => new("dataset", "Brings data sets in, shows them, removes them.")
    {
        List(server), Show(server), Upload(server), Fetch(server), Cancel(server), Delete(server),
    };

    private static Command List(Option<Uri> server)
    {
        var command = new Command("list", "Lists data sets by name.");
        command.SetAction((parsed, ct) => Guarded.RunAsync(parsed.GetValue(server)!, async (client, terminal) =>
        {
            terminal.WriteLine(terminal.Bold($"{"name",-24}  {"version",7}  {"rows",-32}  description"));
            await foreach (var dataset in client.Datasets.ListAsync(ct))
                terminal.WriteLine($"{dataset.Name,-24}  {dataset.Version?.ToString() ?? "",7}  {DatasetReport.Rows(dataset.Info?.Splits),-32}  {dataset.Description}");
            return ExitCode.Success;
        }, ct));
        return command;
    }

    private static Command Show(Option<Uri> server) => OfReference(server, "show", "Shows a version: where it stands, its columns and what was counted over them.", async (client, terminal, reference, ct) =>
    {
        await new DatasetReport(client, terminal).ShowAsync(await FindAsync(client, reference, ct), ct);
        return ExitCode.Success;
    });

    private static Command Upload(Option<Uri> server)
    {
        var name = new Argument<string>("NAME") { Description = "A new name, or that of a data set, which gets another version." };
        var files = new Argument<FileInfo[]>("FILE") { Description = "CSV, TSV, JSON lines, Parquet, NPY, NPZ, IDX, TFRecord, or a zip of folders of pictures or texts.", Arity = ArgumentArity.OneOrMore };
        var description = new Option<string?>("--description") { Description = "One line for people." };
        var label = new Option<string[]>("--label") { Description = "Column that a model learns to give; several times for several.", AllowMultipleArgumentsPerToken = true };
        var options = new Option<FileInfo?>("--options") { Description = "How the files are read, as JSON; POST /v1/datasets in /swagger lists what there is." };
        var detach = new Option<bool>("--detach") { Description = "Does not wait until the files are read." };
        var command = new Command("upload", "Sends files and makes a version of them; a connection that breaks is made again.") { name, files, description, label, options, detach };
        command.SetAction((parsed, ct) => Guarded.RunAsync(parsed.GetValue(server)!, async (client, terminal) =>
        {
            var ingest = await ReadOptionsAsync(parsed.GetValue(options), ct);
            if (parsed.GetValue(label) is { Length: > 0 } labels)
                ingest = (ingest ?? new IngestOptions()) with { Label = new ColumnNames(labels) };
            var uploads = new List<string>();
            foreach (var file in parsed.GetValue(files)!)
            {
                if (!file.Exists)
                    throw new FileNotFoundException($"There is no file {file.FullName}.");
                var upload = await client.Datasets.UploadAsync(file.FullName, progress: new DatasetReport.Sending(terminal, file.Name), cancellationToken: ct);
                terminal.WriteLine($"{file.Name}: {upload.SizeBytes:N0} bytes sent");
                uploads.Add(upload.Id.ToString());
            }
            return await MakeAsync(client, terminal, new DatasetRequest(parsed.GetValue(name)!, parsed.GetValue(description), ingest, Uploads: uploads), parsed.GetValue(detach), ct);
        }, ct));
        return command;
    }

    private static Command Fetch(Option<Uri> server)
    {
        var name = new Argument<string>("NAME") { Description = "One of Keras's names, or with URL a name of your own." };
        var url = new Argument<Uri?>("URL") { Description = "Where the service takes the file from, if its operator allows that.", Arity = ArgumentArity.ZeroOrOne };
        var options = new Option<FileInfo?>("--options") { Description = "How the file is read, as JSON." };
        var detach = new Option<bool>("--detach") { Description = "Does not wait until the file is read." };
        var command = new Command("fetch", "Has the service fetch a data set.") { name, url, options, detach };
        command.SetAction((parsed, ct) => Guarded.RunAsync(parsed.GetValue(server)!, async (client, terminal) => await MakeAsync(
            client, terminal, new DatasetRequest(parsed.GetValue(name)!, Options: await ReadOptionsAsync(parsed.GetValue(options), ct), Url: parsed.GetValue(url)?.AbsoluteUri),
            parsed.GetValue(detach), ct), ct));
        return command;
    }

    private static Command Cancel(Option<Uri> server) => OfReference(server, "cancel", "Stops reading a version.", async (client, terminal, reference, ct) =>
    {
        var version = await FindAsync(client, reference, ct);
        version = await client.Datasets.CancelAsync(version.Name, version.Version, ct);
        terminal.WriteLine($"{version.Name}@{version.Version} {DatasetReport.State(version)}");
        return ExitCode.Success;
    });

    private static Command Delete(Option<Uri> server) => OfReference(server, "delete", "Removes a version (NAME@VERSION) or a data set with all of them (NAME).", async (client, terminal, reference, ct) =>
    {
        if (reference.Version is { } version)
            await client.Datasets.DeleteVersionAsync(reference.Name, version, ct);
        else
            await client.Datasets.DeleteAsync(reference.Name, ct);
        terminal.WriteLine($"{reference} is deleted");
        return ExitCode.Success;
    });

    private static async Task<int> MakeAsync(TrainingServiceClient client, Terminal terminal, DatasetRequest request, bool detach, CancellationToken ct)
    {
        var report = new DatasetReport(client, terminal);
        var version = await client.Datasets.CreateAsync(request, cancellationToken: ct);
        terminal.WriteLine($"{terminal.Bold($"{version.Name}@{version.Version}")}  {DatasetReport.State(version)}");
        if (detach)
            return ExitCode.Success;
        version = await client.Datasets.WaitAsync(version.Name, version.Version, seen => terminal.Live($"  {DatasetReport.State(seen)}"), ct);
        await report.ShowAsync(version, ct);
        return version.Status == DatasetStatus.Ready ? ExitCode.Success : ExitCode.Failure;
    }

    private static async Task<DatasetVersionResponse> FindAsync(TrainingServiceClient client, DatasetReference reference, CancellationToken ct) =>
        reference.Version is { } version ? await client.Datasets.GetVersionAsync(reference.Name, version, ct) : (await client.Datasets.VersionsAsync(reference.Name, ct))[0];

    private static async Task<IngestOptions?> ReadOptionsAsync(FileInfo? file, CancellationToken ct)
    {
        if (file is null)
            return null;
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(file.FullName, ct));
        return ContractsJson.TryRead<IngestOptions>(json.RootElement, out var violations)
            ?? throw new InvalidDataException(string.Join(Environment.NewLine, violations.Select(violation => $"{file.Name}{violation.Pointer}: {violation.Message}")));
    }

    private static Command OfReference(
        Option<Uri> server, string name, string description, Func<TrainingServiceClient, Terminal, DatasetReference, CancellationToken, Task<int>> action)
    {
        var reference = new Argument<string>("NAME") { Description = "The data set: NAME, or NAME@VERSION." };
        reference.Validators.Add(result =>
        {
            if (DatasetReference.TryParse(result.GetValueOrDefault<string>() ?? "") is null)
                result.AddError($"Data set: expected NAME or NAME@VERSION. Received: {result.GetValueOrDefault<string>()}");
        });
        var command = new Command(name, description) { reference };
        command.SetAction((parsed, ct) => Guarded.RunAsync(
            parsed.GetValue(server)!, (client, terminal) => action(client, terminal, DatasetReference.TryParse(parsed.GetValue(reference)!)!, ct), ct));
        return command;
    }
}
