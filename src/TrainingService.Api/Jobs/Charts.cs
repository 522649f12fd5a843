using TrainingService.Contracts.Jobs;

namespace TrainingService.Api.Jobs;

/// <summary>Chart.js's line chart of one figure, training beside validation.</summary>
internal static class Charts
{
    private const string Validation = "val_";
    private const string TrainingColor = "#1f77b4";
    private const string ValidationColor = "#ff7f0e";

    /// <summary>The figures that can be drawn, in the order in which they first came.</summary>
    public static IReadOnlyList<string> Names(MetricsResponse metrics) =>
        [.. metrics.Epochs.SelectMany(epoch => epoch.Logs.Keys).Distinct()];

    public static ChartResponse Of(MetricsResponse metrics, string metric)
    {
        var names = Names(metrics);
        var words = Words(metric);
        var series = new List<ChartSeries>();
        if (names.Contains(metric) || names.Count == 0)
            series.Add(Series(metrics, metric, metric.StartsWith(Validation, StringComparison.Ordinal) ? words : $"Training {words}", TrainingColor));
        if (names.Contains(Validation + metric))
            series.Add(Series(metrics, Validation + metric, $"Validation {words}", ValidationColor));
        return new ChartResponse("line",
            new ChartData([.. metrics.Epochs.Select(epoch => epoch.Epoch)], series),
            new ChartOptions(Responsive: true,
                new ChartPlugins(new ChartTitle(true, $"Model {words}")),
                new Dictionary<string, ChartAxis>
                {
                    ["x"] = new(new ChartTitle(true, "Epoch")),
                    ["y"] = new(new ChartTitle(true, char.ToUpperInvariant(words[0]) + words[1..])),
                }));
    }

    private static ChartSeries Series(MetricsResponse metrics, string name, string label, string color) =>
        new(label, [.. metrics.Epochs.Select(epoch => epoch.Logs.GetValueOrDefault(name))], color);

    /// <summary><c>val_loss</c> → <c>validation loss</c>, <c>mean_absolute_error</c> → <c>mean absolute error</c>.</summary>
    private static string Words(string metric)
    {
        var isValidation = metric.StartsWith(Validation, StringComparison.Ordinal) && metric.Length > Validation.Length;
        return (isValidation ? "validation " + metric[Validation.Length..] : metric).Replace('_', ' ');
    }
}
