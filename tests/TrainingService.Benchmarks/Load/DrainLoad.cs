using System.Diagnostics;

namespace TrainingService.Benchmarks.Load;

/// <summary>L2: a queue full of jobs is worked off by one worker process that starts no trainers.</summary>
internal static class DrainLoad
{
    private const int Concurrency = 16;

    public static async Task RunAsync(LoadOptions options)
    {
        await using var cluster = await LoadCluster.StartAsync();
        var jobs = options.Jobs(20_000);
        LoadReport.Begin($"load_drain: {jobs} jobs, one worker with {Concurrency} at a time");
        var floor = await PostgresFloor.MeasureAsync(cluster.Database);
        await SubmitLoad.SubmitAsync(cluster, jobs);

        var folder = Directory.CreateTempSubdirectory("training-load-").FullName;
        using var worker = NoOpWorker.Start(cluster, folder, Concurrency);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (await cluster.CountAsync("SELECT count(*) FROM jobs WHERE status = 'succeeded'") == 0)
            await timer.WaitForNextTickAsync();
        var watch = Stopwatch.StartNew(); // the program has started
        var processors = await cluster.CountProcessorTimeAsync(("worker", worker.Id));
        var before = await cluster.CountAsync("SELECT count(*) FROM jobs WHERE status = 'succeeded'");
        while (await cluster.CountAsync("SELECT count(*) FROM jobs WHERE status IN ('queued', 'running')") > 0)
            await timer.WaitForNextTickAsync();
        var seconds = watch.Elapsed.TotalSeconds;
        processors.Tell("L2", "job", jobs - before);
        worker.StandardInput.Close();
        await worker.WaitForExitAsync();
        Directory.Delete(folder, recursive: true);

        LoadReport.AtLeast("L2", "drained", (jobs - before) / seconds, 100, "jobs/s", ("commits/s with 8 clients", floor.EightClients));
        LoadReport.Zero("L2", "lost", jobs - await cluster.CountAsync("SELECT count(*) FROM jobs WHERE status = 'succeeded'"));
        LoadReport.Zero("L2", "doubled", await cluster.CountAsync("SELECT count(*) FROM jobs WHERE attempt <> 1"));
        LoadReport.Zero("L2", "not_one_terminal_event", await cluster.CountAsync(
            "SELECT count(*) FROM (SELECT job_id FROM job_events WHERE type = 'terminal' GROUP BY job_id HAVING count(*) <> 1) AS wrong"));
    }
}
