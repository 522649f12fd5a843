using System.Diagnostics;

namespace TrainingService.Benchmarks.Load;

/// <summary>L2 with trainers: tiny jobs worked off by the worker program, each in a process of its own.</summary>
internal static class ChildrenLoad
{
    public static async Task RunAsync(LoadOptions options)
    {
        await using var cluster = await LoadCluster.StartAsync();
        var jobs = options.Jobs(40);
        var concurrency = Environment.ProcessorCount;
        LoadReport.Begin($"load_children: {jobs} jobs of one tiny epoch, {concurrency} trainers at a time");
        var bare = await LibtorchStart.MeasureAsync();
        await SubmitLoad.SubmitAsync(cluster, jobs);
        await using var worker = new WorkerProgram(cluster, concurrency);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (await cluster.CountAsync("SELECT count(*) FROM jobs WHERE status <> 'queued'") == 0)
            await timer.WaitForNextTickAsync();
        var watch = Stopwatch.StartNew(); // the program has started
        while (await cluster.CountAsync("SELECT count(*) FROM jobs WHERE status IN ('queued', 'running')") > 0)
            await timer.WaitForNextTickAsync();
        LoadReport.Tell("L2", "drained_with_trainers", jobs / watch.Elapsed.TotalSeconds, "jobs/s", ("bare libtorch processes/s, one after the other", 1_000 / bare));
        LoadReport.Zero("L2", "not_succeeded", jobs - await cluster.CountAsync("SELECT count(*) FROM jobs WHERE status = 'succeeded' AND attempt = 1"));
    }
}
