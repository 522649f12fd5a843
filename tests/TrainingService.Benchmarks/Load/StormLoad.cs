using System.Diagnostics;

namespace TrainingService.Benchmarks.Load;

/// <summary>L7: the Api is killed under 1,000 subscribers, 500 events are written meanwhile, and all come back at once.</summary>
internal static class StormLoad
{
    public static async Task RunAsync(LoadOptions options)
    {
        await using var cluster = await LoadCluster.StartAsync();
        var (subscribers, behind) = (options.Subscribers(1_000), options.Events(500));
        LoadReport.Begin($"load_storm: {subscribers} subscribers cut at once, {behind} events behind");
        var run = await cluster.StartRunAsync("storm");
        var audience = await Audience.JoinAsync(cluster.Client, run.Id, subscribers, lastSeq: 2);
        await cluster.Api.KillAsync();
        for (var written = 0; written < behind; written += 50)
            await run.AppendAsync([.. Enumerable.Range(0, Math.Min(50, behind - written)).Select(_ => LoadRun.Now())]);

        var cpu = await PostgresCpuAsync(cluster);
        await cluster.Api.RestartAsync();
        var watch = Stopwatch.StartNew();
        await audience.ReachAsync(2 + behind);
        LoadReport.AtMost("L7", "all_caught_up", watch.Elapsed.TotalSeconds, 30, "s");
        LoadReport.Tell("L7", "postgres_cpu", await PostgresCpuAsync(cluster) - cpu, "s");
        LoadReport.Zero("L7", "gaps", audience.Gaps(2 + behind));
        await audience.LeaveAsync();
    }

    /// <summary>Processor time of the server and its children so far, in seconds.</summary>
    private static async Task<double> PostgresCpuAsync(LoadCluster cluster)
    {
        var postmaster = Stat((int)await cluster.CountAsync("SELECT pg_backend_pid()"))?.Parent ?? throw new InvalidOperationException("The server's process is not to be seen.");
        return Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!))
            .Sum(id => Stat(id) is { } stat && (id == postmaster || stat.Parent == postmaster) ? stat.Ticks : 0) / 100.0;
    }

    /// <summary>Parent, and ticks of a hundredth of a second, of the process and of its children that have ended.</summary>
    private static (int Parent, long Ticks)? Stat(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(fields[1]), fields[11..15].Sum(long.Parse));
        }
        catch (IOException)
        {
            return null; // ended meanwhile
        }
    }
}
