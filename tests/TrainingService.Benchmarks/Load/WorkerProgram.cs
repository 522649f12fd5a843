using System.Diagnostics;
using System.Globalization;
using TrainingService.Testing;

namespace TrainingService.Benchmarks.Load;

/// <summary>The worker as it is deployed, with trainers.</summary>
internal sealed class WorkerProgram : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("training-load-").FullName;
    private readonly Process _process;

    public WorkerProgram(LoadCluster cluster, int concurrency)
    {
        var start = new ProcessStartInfo("dotnet", [Repository.PublishedWorker, "run"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ConnectionStrings__Training"] = cluster.ConnectionString;
        start.Environment["Storage__Root"] = _folder;
        start.Environment["Datasets__Root"] = Path.Combine(Repository.Root, "deploy", "datasets");
        start.Environment["Worker__MaxConcurrentJobs"] = concurrency.ToString(CultureInfo.InvariantCulture);
        start.Environment["Worker__QueuedFor"] = "01:00:00"; // what this process claims is not the worker's to look for
        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => Console.Error.WriteLine(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public async ValueTask DisposeAsync()
    {
        using (var terminate = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
            await terminate.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
