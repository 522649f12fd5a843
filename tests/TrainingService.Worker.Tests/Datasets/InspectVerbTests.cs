using System.Diagnostics;
using System.Text.Json;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Worker.Supervision;
using TrainingService.Worker.Tests.Runs;

namespace TrainingService.Worker.Tests.Datasets;

/// <summary>The <c>inspect</c> verb as a process.</summary>
[Collection(nameof(ProcessTests))]
public sealed class InspectVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("inspect-verb-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_writes_the_files_that_it_announces()
    {
        var run = await RunAsync(("houses.csv", IngestService.Houses(500)));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(500, run.Result!.Schema!.Splits["train"]);
        Assert.Contains(run.Files, file => file.Name == DatasetSchema.FileName);
        Assert.Contains(run.Files, file => file.Name == DatasetSchema.ValuesFile("train", 2));
        Assert.All(run.Files, file => Assert.Equal(file.SizeBytes, new FileInfo(Path.Combine(_folder, "output", file.Name)).Length));
        Assert.Equal(run.Files.Count, run.Files.Select(file => file.Name).Distinct().Count());
        Assert.Equal(IngestMessageTypes.Result, run.Messages[^1].Type);
    }

    [Fact]
    public async Task It_says_what_is_wrong_and_where()
    {
        var run = await RunAsync(("houses.csv", "area,price\n1,2\n3\n"u8.ToArray()));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(("houses.csv", 2L), (run.Result!.Error!.File, run.Result.Error.Row));
        Assert.Contains("expected 2", run.Result.Error.Message);
    }

    [Fact]
    public async Task F08_it_ends_with_its_worker()
    {
        // Its stdin closes in the middle of much work.
        var run = await RunAsync(plan => plan, closeStdin: true, ("houses.csv", IngestService.Houses(4_000_000)));

        Assert.True(run.Result is null or { Cancelled: true });
        Assert.Null(run.Result?.Schema);
    }

    [Fact]
    public async Task It_refuses_to_work_for_another_than_its_own_worker()
    {
        var run = await RunAsync(plan => plan with { WorkerProcessId = 1 }, closeStdin: false, ("houses.csv", IngestService.Houses(1)));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("expected to be the child of the worker", run.Errors);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<InspectRun> RunAsync((string Name, byte[] Content) file) => RunAsync(plan => plan, closeStdin: false, file);

    private async Task<InspectRun> RunAsync(Func<IngestPlan, IngestPlan> with, bool closeStdin, (string Name, byte[] Content) file)
    {
        var source = Path.Combine(_folder, "0");
        await File.WriteAllBytesAsync(source, file.Content, Ct);
        var output = Directory.CreateDirectory(Path.Combine(_folder, "output")).FullName;
        var plan = with(new IngestPlan([new IngestFile(source, file.Name)], IngestService.HouseOptions, output, 1L << 30, 600, Environment.ProcessId));
        var path = Path.Combine(_folder, "plan.json");
        await File.WriteAllBytesAsync(path, JsonSerializer.SerializeToUtf8Bytes(plan, ContractsJson.Options), Ct);
        // Started as the worker does: a child goes with the thread that started it, and those of a pool end when they like.
        using var process = await Spawner.StartAsync(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "TrainingService.Worker"), ["inspect", "--plan", path])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        var errors = process.StandardError.ReadToEndAsync(Ct);
        List<IngestMessage> messages = [];
        while (await process.StandardOutput.ReadLineAsync(Ct) is { } line)
        {
            messages.Add(JsonSerializer.Deserialize<IngestMessage>(line, ContractsJson.Options)!);
            if (closeStdin)
                process.StandardInput.Close();
        }
        await process.WaitForExitAsync(Ct);
        return new InspectRun(messages, process.ExitCode, await errors);
    }

    private sealed record InspectRun(IReadOnlyList<IngestMessage> Messages, int ExitCode, string Errors)
    {
        public IngestResult? Result =>
            Messages.LastOrDefault(message => message.Type == IngestMessageTypes.Result)?.Data.Deserialize<IngestResult>(ContractsJson.Options);

        public List<DatasetFile> Files =>
            [.. Messages.Where(message => message.Type == IngestMessageTypes.File).Select(message => message.Data.Deserialize<DatasetFile>(ContractsJson.Options)!)];
    }
}
