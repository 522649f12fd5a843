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
