using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;

namespace TrainingService.Benchmarks.Load;

/// <summary>L1: 200 submitters send one burst of jobs.</summary>
internal static class SubmitLoad
{
    private const int Submitters = 200;

    public static async Task RunAsync(LoadOptions options)
    {
        await using var cluster = await LoadCluster.StartAsync();
        var jobs = options.Jobs(20_000);
        LoadReport.Begin($"load_submit: {Submitters} submitters, {jobs} jobs");
        var floor = await PostgresFloor.MeasureAsync(cluster.Database);
        await SubmitAsync(cluster, Submitters * 2); // what is compiled at the first use is compiled then
        var before = await cluster.CountAsync("SELECT count(*) FROM jobs");
        var processors = await cluster.CountProcessorTimeAsync();
        var watch = Stopwatch.StartNew();
        var (accepted, times) = await SubmitAsync(cluster, jobs);
        var seconds = watch.Elapsed.TotalSeconds;

        LoadReport.AtLeast("L1", "accepted", accepted.Count / seconds, 300, "jobs/s", ("commits/s with 8 clients", floor.EightClients));
        LoadReport.Tell("L1", "submit_p50", Report.Percentile(times, 50), "ms");
        LoadReport.AtMost("L1", "submit_p99", Report.Percentile(times, 99), 500, "ms");
        processors.Tell("L1", "job", jobs);
        var stored = await StoredAsync(cluster);
        LoadReport.Zero("L1", "lost", accepted.Count(id => !stored.Contains(id)));
        LoadReport.Zero("L1", "doubled", stored.Count - before - accepted.Distinct().Count());
        LoadReport.Zero("L1", "not_accepted", jobs - accepted.Count);
    }

    /// <summary>Sends that many jobs by 200 submitters.</summary>
    /// <returns>Ids that were accepted, and milliseconds of every request.</returns>
    public static async Task<(IReadOnlyCollection<Guid> Accepted, IReadOnlyCollection<double> Times)> SubmitAsync(LoadCluster cluster, int jobs)
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Submitters }) { BaseAddress = cluster.Api.Address };
        var body = Encoding.UTF8.GetBytes(TinyJob.Of("load", trainRows: 256, epochs: 1).GetRawText());
        var accepted = new ConcurrentBag<Guid>();
        var times = new ConcurrentBag<double>();
        var left = jobs;
        await Task.WhenAll(Enumerable.Range(0, Submitters).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var watch = Stopwatch.StartNew();
                using var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
                using var answer = await http.PostAsync("v1/jobs", content);
                var text = await answer.Content.ReadAsStringAsync();
                times.Add(watch.Elapsed.TotalMilliseconds);
                if (answer.StatusCode == HttpStatusCode.Created)
                    accepted.Add(JsonSerializer.Deserialize<JobResponse>(text, ContractsJson.Options)!.Id);
                else
                    Console.Error.WriteLine($"{(int)answer.StatusCode} {text}");
            }
        })));
        return (accepted, times);
    }

    private static async Task<HashSet<Guid>> StoredAsync(LoadCluster cluster)
    {
        await using var command = cluster.Database.CreateCommand("SELECT id FROM jobs");
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new HashSet<Guid>();
        while (await reader.ReadAsync())
            ids.Add(reader.GetGuid(0));
        return ids;
    }
}
