using System.Diagnostics;

namespace TrainingService.Benchmarks.Load;

/// <summary>L5: one job's events to 1,000 subscribers, ten a second.</summary>
internal static class FanOutLoad
{
    public const int PerSecond = 10;

    public static async Task RunAsync(LoadOptions options)
    {
        var (subscribers, seconds) = (options.Subscribers(1_000), options.Seconds(30));
        LoadReport.Begin($"load_fanout: {subscribers} subscribers, {PerSecond} events/s for {seconds} s");
        var floor = await BareHub.MeasureAsync(subscribers, PerSecond, Math.Min(seconds, 15));

        await using var cluster = await LoadCluster.StartAsync();
        var run = await cluster.StartRunAsync("fan-out");
        var audience = await Audience.JoinAsync(cluster.Client, run.Id, subscribers, lastSeq: 2);
        var last = await WriteAsync(run, 2, TimeSpan.FromSeconds(3));
        await audience.ReachAsync(last);
        audience.Forget();
        var first = last;
        last = await WriteAsync(run, last, TimeSpan.FromSeconds(seconds));
        await audience.ReachAsync(last);

        var ages = audience.Ages;
        LoadReport.Tell("L5", "deliveries", ages.Count / (double)seconds, "events/s");
        LoadReport.Tell("L5", "delivered_p50", Report.Percentile(ages, 50), "ms", ("bare SignalR ms", Report.Percentile(floor, 50)));
        LoadReport.AtMost("L5", "delivered_p99", Report.Percentile(ages, 99), 500, "ms", ("bare SignalR ms", Report.Percentile(floor, 99)));
        LoadReport.Zero("L5", "gaps", audience.Gaps(last));
        LoadReport.Zero("L5", "not_delivered", (subscribers * (last - first)) - ages.Count);
        LoadReport.Zero("L5", "reconnects", audience.Reconnects);
        LoadReport.Tell("L5", "api_memory", Environment.SystemPageSize * PagesOf(cluster.Api.ProcessId) / 1e6, "MB");
        await audience.LeaveAsync();
    }

    /// <summary>Writes an event every so often.</summary>
    /// <returns>Number of the last one.</returns>
    public static async Task<long> WriteAsync(LoadRun run, long last, TimeSpan duration, CancellationToken ct = default)
    {
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / PerSecond));
        while (watch.Elapsed < duration && !ct.IsCancellationRequested)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
            await run.AppendAsync([LoadRun.Now()]);
            last++;
        }
        return last;
    }

    private static double PagesOf(int process) => long.Parse(File.ReadAllText($"/proc/{process}/statm").Split(' ')[1]);
}
