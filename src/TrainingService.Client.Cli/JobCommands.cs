using System.CommandLine;
using System.CommandLine.Parsing;
using TrainingService.Client.Jobs;
using TrainingService.Contracts.Jobs;

namespace TrainingService.Client.Cli;

/// <summary>Submitting, following, listing, downloading.</summary>
internal static class JobCommands
{
    /// <summary>An address as http or https; anything else is a mistake in the command line.</summary>
    public static Uri ParseUri(ArgumentResult result) => ParseUri(result, result.Tokens.Single().Value);

    /// <summary>The address that the environment names, else the one where the service listens by default.</summary>
    public static Uri DefaultUri(ArgumentResult result) =>
        Environment.GetEnvironmentVariable("TRAININGSERVICE_URL") is { Length: > 0 } text
            ? ParseUri(result, text)
            : new TrainingServiceClientOptions().ServerUrl;

    private static Uri ParseUri(ArgumentResult result, string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            return address;
        result.AddError($"Address of the service: expected http://host:port or https://host:port. Received: {text}");
        return new TrainingServiceClientOptions().ServerUrl;
    }

    public static Option<DirectoryInfo?> Output() => new("--output", "-o")
    {
        Description = "Folder for downloaded files. Default: a folder named after the job's id.",
    };

    public static Argument<Guid> JobId() => new("ID") { Description = "The job." };

    public static Command Run(Option<Uri> server)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The job as JSON." };
        var output = Output();
        var command = new Command("run", "Submits a job, follows it to its end and downloads the model.") { file, output };
        command.SetAction((parsed, ct) => Guarded.RunAsync(parsed.GetValue(server)!, async (client, terminal) =>
        {
            var path = parsed.GetValue(file)!;
            if (!path.Exists)
                throw new FileNotFoundException($"There is no file {path.FullName}.");
            var job = await client.Jobs.SubmitAsync(await File.ReadAllTextAsync(path.FullName, ct), ct);
            return await FollowAsync(client, terminal, job, parsed.GetValue(output), ct);
        }, ct));
        return command;
    }

    public static Command Follow(Option<Uri> server)
    {
        var id = JobId();
        var output = Output();
        var command = new Command("follow", "Follows a job to its end and downloads the model.") { id, output };
        command.SetAction((parsed, ct) => Guarded.RunAsync(parsed.GetValue(server)!, async (client, terminal) =>
            await FollowAsync(client, terminal, await client.Jobs.GetAsync(parsed.GetValue(id), ct), parsed.GetValue(output), ct), ct));
        return command;
    }

    public static Command List(Option<Uri> server)
    {
        var status = new Option<JobStatus?>("--status") { Description = "Only jobs of this status." };
        var tag = new Option<string?>("--tag") { Description = "Only jobs with this tag." };
        var queue = new Option<string?>("--queue") { Description = "Only jobs of this queue." };
        var parent = new Option<Guid?>("--parent") { Description = "Only jobs that continue or clone this one." };
        var archived = new Option<bool>("--archived") { Description = "Only archived jobs, which are left out otherwise." };
        var limit = new Option<int>("--limit") { Description = "How many at most.", DefaultValueFactory = _ => 20 };
        var command = new Command("list", "Lists jobs, newest first.") { status, tag, queue, parent, archived, limit };
        command.SetAction((parsed, ct) => Guarded.RunAsync(parsed.GetValue(server)!, async (client, terminal) =>
        {
            var most = parsed.GetValue(limit);
            var query = new JobQuery
            {
                Status = parsed.GetValue(status),
                Tag = parsed.GetValue(tag),
                Queue = parsed.GetValue(queue),
                ParentId = parsed.GetValue(parent),
                Archived = parsed.GetValue(archived),
                PageSize = Math.Clamp(most, 1, 1_000),
            };
            terminal.WriteLine(terminal.Bold($"{"id",-36}  {"status",-10}  {"epochs",9}  {"created",-16}  name"));
            await foreach (var job in client.Jobs.ListAsync(query, ct).Take(most).WithCancellation(ct))
                terminal.WriteLine($"{job.Id}  {job.Status.ToString().ToLowerInvariant(),-10}  {$"{job.Epoch}/{job.Epochs}",9}  {job.CreatedAt:yyyy-MM-dd HH:mm}  {job.Name}");
            return ExitCode.Success;
        }, ct));
        return command;
    }

    public static Command Download(Option<Uri> server)
    {
        var id = JobId();
        var name = new Argument<string>("NAME") { Description = "The artifact, such as model.safetensors." };
        var output = Output();
        var command = new Command("download", "Downloads a file of a job and checks its SHA-256.") { id, name, output };
        command.SetAction((parsed, ct) => Guarded.RunAsync(parsed.GetValue(server)!, async (client, terminal) =>
        {
            var job = parsed.GetValue(id);
            await new JobReport(client, terminal).DownloadAsync(job, parsed.GetValue(name)!, Folder(parsed.GetValue(output), job), ct);
            return ExitCode.Success;
        }, ct));
        return command;
    }

    public static Command WaitReady(Option<Uri> server)
    {
        var url = new Argument<Uri?>("URL") { Description = "Address of the service; --server says the same.", Arity = ArgumentArity.ZeroOrOne, CustomParser = ParseUri };
        var seconds = new Option<int>("--timeout") { Description = "Seconds to wait at most.", DefaultValueFactory = _ => 120 };
        var process = new Option<int?>("--process") { Description = "Id of the service's process: stop waiting when it has ended." };
        var command = new Command("wait-ready", "Returns once the service is ready for jobs.") { url, seconds, process };
        command.SetAction((parsed, ct) => Guarded.RunAsync(parsed.GetValue(url) ?? parsed.GetValue(server)!, async (client, terminal) =>
        {
            using var wait = new ReadyWait(client, terminal, TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(process), ct);
            return await wait.RunAsync();
        }, ct));
        return command;
    }

    public static async Task<int> FollowAsync(
        TrainingServiceClient client, Terminal terminal, JobResponse job, DirectoryInfo? output, CancellationToken ct)
    {
        var report = new JobReport(client, terminal);
        report.Accepted(job);
        try
        {
            job = await new JobFollower(client, terminal).FollowAsync(job.Id, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            report.Interrupted(job.Id);
            return ExitCode.Interrupted;
        }
        report.Ended(job);
        if (job.Status != JobStatus.Succeeded)
            return ExitCode.Failure;
        await report.DownloadModelAsync(job.Id, Folder(output, job.Id), ct);
        return ExitCode.Success;
    }

    private static string Folder(DirectoryInfo? output, Guid jobId) => output?.FullName ?? Path.GetFullPath(jobId.ToString());
}
