using TrainingService.Contracts.Jobs;

namespace TrainingService.Api.Jobs;

/// <summary>Chart.js's line chart of one figure, training beside validation.</summary>
internal static class Charts
{
    public const string Validation = "val_";

    private const string TrainingColor = "#1f77b4";
    private const string ValidationColor = "#ff7f0e";

    /// <param name="metric">The figure.</param>
    /// <param name="labels">Epochs or steps.</param>
    /// <param name="training">A value per label; null without that line.</param>
    /// <param name="validation">As <paramref name="training"/>.</param>
    /// <param name="axis">What the labels are.</param>
    public static ChartResponse Of(
        string metric, IReadOnlyList<long> labels, IReadOnlyList<double?>? training, IReadOnlyList<double?>? validation, string axis = "Epoch")
    {
        var words = Words(metric);
        var series = new List<ChartSeries>();
        if (training is not null)
            series.Add(new ChartSeries(metric.StartsWith(Validation, StringComparison.Ordinal) ? words : $"Training {words}", training, TrainingColor));
        if (validation is not null)
            series.Add(new ChartSeries($"Validation {words}", validation, ValidationColor));
        return new ChartResponse("line",
            new ChartData(labels, series),
            new ChartOptions(Responsive: true,
                new ChartPlugins(new ChartTitle(true, $"Model {words}")),
                new Dictionary<string, ChartAxis>
                {
                    ["x"] = new(new ChartTitle(true, axis)),
                    ["y"] = new(new ChartTitle(true, char.ToUpperInvariant(words[0]) + words[1..])),
                }));
    }

    /// <summary><c>val_loss</c> → <c>validation loss</c>, <c>mean_absolute_error</c> → <c>mean absolute error</c>.</summary>
    private static string Words(string metric)
    {
        var isValidation = metric.StartsWith(Validation, StringComparison.Ordinal) && metric.Length > Validation.Length;
        return (isValidation ? "validation " + metric[Validation.Length..] : metric).Replace('_', ' ');
    }
}
