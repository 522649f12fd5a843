namespace TrainingService.Worker.Tests.Runs;

/// <summary>A worker that cannot begin.</summary>
public sealed class StartUpTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("training-start-up-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("ConnectionStrings__Training", "", "ConnectionStrings:Training: expected a value. Received: nothing")]
    [InlineData("ConnectionStrings__Training", "no connection string", "ConnectionStrings:Training: Format of the initialization string")]
    [InlineData("Worker__MaxConcurrentJobs", "0", "MaxConcurrentJobs: The field WorkerOptions.MaxConcurrentJobs must be between 1 and 256.")]
    [InlineData("Worker__StopDeadline", "soon", "Failed to convert configuration value 'soon' at 'Worker:StopDeadline'")]
    public async Task A_wrong_setting_is_said_in_a_sentence(string name, string value, string sentence)
    {
        await using var worker = new WorkerProcess(new Dictionary<string, string>(NoDatabase()) { [name] = value });

        Assert.Equal(1, await worker.WaitForExitAsync(Ct));

        Assert.Contains(worker.Log.Split('\n'), line => line.StartsWith(sentence, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GPU 0", "Received: \"GPU 0\".")]
    [InlineData("", "Received: \"\".")]
    public async Task A_queue_that_no_job_can_name_is_refused(string queue, string received)
    {
        await using var worker = new WorkerProcess(new Dictionary<string, string>(NoDatabase()) { ["Worker__Queues__0"] = queue });

        Assert.Equal(1, await worker.WaitForExitAsync(Ct));

        Assert.Contains($"Queues: expected at least one name of 1 to 40 lower-case letters, digits, '_' and '-', beginning with a letter. {received}", worker.Log);
    }

    [Fact]
    public async Task F29_a_worker_with_too_few_open_files_says_so_and_does_not_begin()
    {
        await using var worker = new WorkerProcess(NoDatabase(), openFiles: 64);

        Assert.Equal(1, await worker.WaitForExitAsync(Ct));

        Assert.Contains("Limit of open files: expected at least 256. Received: 64.", worker.Log);
    }

    [Fact]
    public async Task A_worker_that_waits_for_its_database_goes_with_its_parent()
    {
        await using var worker = new WorkerProcess(NoDatabase(), "--exit-with-parent");
        worker.CloseStdin();

        Assert.Equal(0, await worker.WaitForExitAsync(Ct));
    }

    // Nothing listens on port 1.
    private Dictionary<string, string> NoDatabase() => new()
    {
        ["ConnectionStrings__Training"] = "Host=127.0.0.1;Port=1;Database=training;Username=training",
        ["Storage__Root"] = _folder,
        ["Datasets__Root"] = _folder,
    };
}
