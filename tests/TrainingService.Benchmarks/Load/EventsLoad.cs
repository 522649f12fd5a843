using System.Diagnostics;
using System.Threading.Channels;
using TrainingService.Domain.Jobs;

namespace TrainingService.Benchmarks.Load;

/// <summary>L4: 200 jobs write events at once, in batches as a worker writes them, and one at a time.</summary>
internal static class EventsLoad
{
    public const int Jobs = 200;
    private const int BatchEvents = 64; // a worker's

    public static async Task RunAsync(LoadOptions options)
    {
        await using var cluster = await LoadCluster.StartAsync();
        var seconds = options.Seconds(600);
        var perJob = options.Events(30);
        LoadReport.Begin($"load_events: {Jobs} jobs, {Jobs * perJob} events/s offered for {seconds} s, then one at a time for {Math.Min(seconds, 30)} s");
        var floor = await PostgresFloor.MeasureAsync(cluster.Database);
        var runs = await StartRunsAsync(cluster);

        await WriteAsync(runs, perJob, TimeSpan.FromSeconds(3));
        var processors = await cluster.CountProcessorTimeAsync();
        var stored = await WriteAsync(runs, perJob, TimeSpan.FromSeconds(seconds));
        processors.Tell("L4", "event", stored.Count);
        LoadReport.AtLeast("L4", "stored_batched", stored.Count / (double)seconds, 5_000, "events/s", ("rows/s in batches of 100", floor.BatchedRows));
        LoadReport.Tell("L4", "stored_p50", Report.Percentile(stored, 50), "ms");
        LoadReport.AtMost("L4", "stored_p99", Report.Percentile(stored, 99), 250, "ms");

        var single = await WriteSingleAsync(runs, TimeSpan.FromSeconds(Math.Min(seconds, 30)));
        LoadReport.AtLeast("L4", "stored_single", single, 1_000, "events/s", ("commits/s with 8 clients", floor.EightClients));
        LoadReport.Zero("L4", "jobs_with_gaps", await cluster.CountAsync(
            "SELECT count(*) FROM (SELECT job_id FROM job_events GROUP BY job_id HAVING min(seq) <> 1 OR max(seq) <> count(*)) AS wrong"));
    }

    public static async Task<IReadOnlyList<LoadRun>> StartRunsAsync(LoadCluster cluster)
    {
        var runs = new List<LoadRun>();
        for (var job = 0; job < Jobs; job++)
            runs.Add(await cluster.StartRunAsync($"events-{job}"));
        return runs;
    }

    /// <summary>Every job makes so many events a second; what came while a write was under way is its next write.</summary>
    /// <returns>Milliseconds from each event's making to its commit.</returns>
    public static async Task<IReadOnlyCollection<double>> WriteAsync(IReadOnlyList<LoadRun> runs, int perSecond, TimeSpan duration, CancellationToken ct = default)
    {
        var channels = runs.Select(_ => Channel.CreateBounded<NewEvent>(4_096)).ToList();
        var writing = runs.Zip(channels, (run, channel) => Task.Run(() => WriteAsync(run, channel.Reader), ct)).ToList();
        var watch = Stopwatch.StartNew();
        // The jobs are spread over each second, as runs that know nothing of each other are.
        await Task.WhenAll(channels.Select((channel, job) => Task.Run(async () =>
        {
            for (var made = 0; made < perSecond * duration.TotalSeconds && !ct.IsCancellationRequested; made++)
            {
                var due = TimeSpan.FromSeconds((made + (job / (double)runs.Count)) / perSecond) - watch.Elapsed;
                if (due > TimeSpan.Zero)
                    await Task.Delay(due, CancellationToken.None);
                await channel.Writer.WriteAsync(LoadRun.Now(), CancellationToken.None);
            }
            channel.Writer.Complete();
        }, CancellationToken.None)));
        return [.. (await Task.WhenAll(writing)).SelectMany(times => times)];
    }

    private static async Task<List<double>> WriteAsync(LoadRun run, ChannelReader<NewEvent> events)
    {
        var times = new List<double>();
        while (await events.WaitToReadAsync())
        {
            var batch = new List<NewEvent>();
            while (batch.Count < BatchEvents && events.TryRead(out var next))
                batch.Add(next);
            await run.AppendAsync(batch);
            times.AddRange(batch.Select(e => LoadRun.Age(e.Data)));
        }
        return times;
    }

    private static async Task<double> WriteSingleAsync(IReadOnlyList<LoadRun> runs, TimeSpan duration)
    {
        var watch = Stopwatch.StartNew();
        var counts = await Task.WhenAll(runs.Select(run => Task.Run(async () =>
        {
            long count = 0;
            for (; watch.Elapsed < duration; count++)
                await run.AppendAsync([LoadRun.Now()]);
            return count;
        })));
        return counts.Sum() / watch.Elapsed.TotalSeconds;
    }
}
