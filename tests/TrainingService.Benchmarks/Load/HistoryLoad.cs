using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Jobs;

namespace TrainingService.Benchmarks.Load;

/// <summary>L8: pages of 1,000 and charts of a job of 100,000 events.</summary>
internal static class HistoryLoad
{
    private const int PageSize = 1_000;
    private const int MaxPoints = 2_000;

    public static async Task RunAsync(LoadOptions options)
    {
        await using var cluster = await LoadCluster.StartAsync();
        var events = options.Events(100_000);
        LoadReport.Begin($"load_history: {events} events, pages of {PageSize}");
        var run = await cluster.StartRunAsync("history");
        for (var epoch = 1; epoch <= events; epoch += 500)
            await run.AppendAsync([.. Enumerable.Range(epoch, Math.Min(500, events - epoch + 1)).Select(Epoch)]);

        using var http = new HttpClient { BaseAddress = cluster.Api.Address };
        var pages = new List<double>();
        long seq = 0, seen = 0;
        for (var warm = 0; warm < 20; warm++)
            await ReadPageAsync(http, run.Id, 0);
        for (int count = PageSize; count == PageSize; seen += count)
        {
            (count, seq, var time) = await ReadPageAsync(http, run.Id, seq);
            pages.Add(time);
        }
        var bare = await ReadBareAsync(cluster.Database, run.Id, seen);
        LoadReport.Tell("L8", "page_p50", Report.Percentile(pages, 50), "ms", ("bare SQL ms", Report.Percentile(bare, 50)));
        LoadReport.AtMost("L8", "page_p95", Report.Percentile(pages, 95), 50, "ms", ("bare SQL ms", Report.Percentile(bare, 95)));
        LoadReport.Zero("L8", "not_paged", events + 2 - seen);

        var (chart, chartTime) = await GetAsync(http, $"v1/jobs/{run.Id}/charts/loss?points={MaxPoints}");
        LoadReport.AtMost("L8", "chart_points", chart.GetProperty("data").GetProperty("labels").GetArrayLength(), MaxPoints, "points");
        LoadReport.Tell("L8", "chart", chartTime, "ms");
        var (metrics, metricsTime) = await GetAsync(http, $"v1/jobs/{run.Id}/metrics?points={MaxPoints}");
        LoadReport.AtMost("L8", "metrics_values", metrics.GetProperty("epochs").EnumerateArray().Count(epoch => epoch.GetProperty("logs").TryGetProperty("loss", out _)), MaxPoints, "values");
        LoadReport.Tell("L8", "metrics", metricsTime, "ms");
    }

    private static NewEvent Epoch(int epoch)
    {
        var random = new Random(epoch);
        var logs = new Dictionary<string, double?> { ["loss"] = random.NextDouble(), ["accuracy"] = random.NextDouble(), ["val_loss"] = random.NextDouble(), ["val_accuracy"] = random.NextDouble() };
        return new NewEvent(EventTypes.EpochEnd, JsonSerializer.SerializeToElement(
            new EpochEndEvent(epoch, 100_000, logs, null, 1.5, 2_000, 0.1, 400_000_000, DateTimeOffset.UtcNow), ContractsJson.Options));
    }

    private static async Task<(int Count, long LastSeq, double Milliseconds)> ReadPageAsync(HttpClient http, Guid jobId, long after)
    {
        var watch = Stopwatch.StartNew();
        var bytes = await http.GetByteArrayAsync($"v1/jobs/{jobId}/events?after={after}&limit={PageSize}");
        var time = watch.Elapsed.TotalMilliseconds;
        using var page = JsonDocument.Parse(bytes);
        var items = page.RootElement.GetProperty("items");
        return (items.GetArrayLength(), items[items.GetArrayLength() - 1].GetProperty("seq").GetInt64(), time);
    }

    private static async Task<(JsonElement Answer, double Milliseconds)> GetAsync(HttpClient http, string path)
    {
        await http.GetByteArrayAsync(path);
        var watch = Stopwatch.StartNew();
        var bytes = await http.GetByteArrayAsync(path);
        var time = watch.Elapsed.TotalMilliseconds;
        using var document = JsonDocument.Parse(bytes);
        return (document.RootElement.Clone(), time);
    }

    /// <summary>The same pages without a service: rows into this process.</summary>
    private static async Task<IReadOnlyCollection<double>> ReadBareAsync(NpgsqlDataSource database, Guid jobId, long events)
    {
        var times = new List<double>();
        for (long after = 0; after < events; after += PageSize)
        {
            var watch = Stopwatch.StartNew();
            await using var command = database.CreateCommand("SELECT seq, type, data::text FROM job_events WHERE job_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq");
            foreach (var value in (object[])[jobId, after, after + PageSize])
                command.Parameters.Add(new() { Value = value });
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                _ = (reader.GetInt64(0), reader.GetString(1), reader.GetString(2));
            times.Add(watch.Elapsed.TotalMilliseconds);
        }
        return times;
    }
}
