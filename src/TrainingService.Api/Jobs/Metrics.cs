using TrainingService.Contracts.Jobs;

namespace TrainingService.Api.Jobs;

/// <summary>A job's figures as an answer of bounded size, whatever the length of the run.</summary>
internal static class Metrics
{
    public static async Task<MetricsResponse> ReadAsync(Guid jobId, MetricHistory history, MetricsPer per, int points, CancellationToken ct)
    {
        var lines = new Dictionary<string, Thinning>();
        long total = 0;
        await foreach (var row in history.ReadAsync(ct))
        {
            total++;
            foreach (var (name, value) in row.Logs)
            {
                if (!lines.TryGetValue(name, out var line))
                    lines[name] = line = new Thinning(points);
                line.Add(new Point(row, value));
            }
        }
        var rows = Rows(lines);
        return per == MetricsPer.Step
            ? new MetricsResponse(jobId, [], await history.ReadEvaluationAsync(ct), [.. rows.Select(ToStep)], total)
            : new MetricsResponse(jobId, [.. rows.Select(ToEpoch)], await history.ReadEvaluationAsync(ct), null, total);
    }

    /// <summary>A chart, and the names of all figures in the order in which they came, for who asked for another one.</summary>
    public static async Task<(ChartResponse? Chart, IReadOnlyCollection<string> Names)> ReadChartAsync(
        string metric, MetricHistory history, MetricsPer per, int points, CancellationToken ct)
    {
        var validation = Charts.Validation + metric;
        var names = new List<string>();
        var known = new HashSet<string>();
        var lines = new Thinning(points);
        await foreach (var row in history.ReadAsync(ct))
        {
            foreach (var name in row.Logs.Keys)
                if (known.Add(name))
                    names.Add(name);
            lines.Add(new Point(row, row.Logs.GetValueOrDefault(metric), row.Logs.GetValueOrDefault(validation)));
        }
        if (names.Count > 0 && !known.Contains(metric) && !known.Contains(validation))
            return (null, names);
        var kept = lines.Points.ToList();
        return (Charts.Of(
            metric, [.. kept.Select(point => point.Row.X)],
            known.Contains(metric) || names.Count == 0 ? [.. kept.Select(point => point.First)] : null,
            known.Contains(validation) ? [.. kept.Select(point => point.Second)] : null,
            per == MetricsPer.Step ? "Step" : "Epoch"), names);
    }

    /// <summary>The lines' points row by row: a row carries the figures whose line keeps it.</summary>
    private static IEnumerable<MetricRow> Rows(Dictionary<string, Thinning> lines) =>
        lines.SelectMany(line => line.Value.Points.Select(point => (Name: line.Key, point.Row)))
            .GroupBy(kept => kept.Row, kept => kept.Name, (IEqualityComparer<MetricRow>)ReferenceEqualityComparer.Instance)
            .Select(row => Only(row.Key, [.. row])).OrderBy(row => row.X);

    private static MetricRow Only(MetricRow row, IReadOnlyCollection<string> names)
    {
        if (names.Count == row.Logs.Count)
            return row;
        var nonFinite = row.NonFinite?.Where(pair => names.Contains(pair.Key)).ToDictionary();
        return row with { Logs = names.ToDictionary(name => name, name => row.Logs[name]), NonFinite = nonFinite is { Count: > 0 } ? nonFinite : null };
    }

    private static EpochMetrics ToEpoch(MetricRow row) => new(row.Epoch, row.Attempt, row.Logs, row.NonFinite, row.DurationSeconds);

    private static StepMetrics ToStep(MetricRow row) => new(row.Epoch, row.Step, row.X, row.Attempt, row.Logs, row.NonFinite);
}
