using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>Checks the metrics: their names in the logs, and what they compare.</summary>
internal static class MetricChecks
{
    /// <summary>Keys of the logs that are not metrics.</summary>
    private static readonly HashSet<string> OwnKeys = ["loss", "learning_rate"];

    /// <summary>Key in the logs.</summary>
    public static string Name(MetricSpec metric) => metric.Name ?? metric.DefaultName;

    /// <summary>Every figure has a key of its own.</summary>
    public static void CheckNames(IReadOnlyList<MetricSpec> metrics, ReadContext context)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var metric in metrics.Where(context.IsSound))
        {
            var name = Name(metric);
            var pointer = context.Field(metric, metric.Name is null ? null : "name");
            if (OwnKeys.Contains(name) || name.StartsWith("val_", StringComparison.Ordinal) || name.StartsWith("test_", StringComparison.Ordinal))
                context.Add(pointer, ViolationCodes.ReservedName, $"expected another name than loss, learning_rate, val_… and test_…, which the logs use. Received: \"{name}\".");
            else if (!seen.Add(name))
                context.Add(pointer, ViolationCodes.DuplicateName, $"expected a name that no other metric has. Received: \"{name}\" again.");
        }
    }

    /// <summary>The metric with its name and, for "accuracy", the kind of accuracy that the shapes ask for.</summary>
    public static MetricSpec Resolve(MetricSpec metric, Shape labels, Shape output) => metric.Resolve(labels, output) with { Name = Name(metric) };

    /// <summary>What the metric compares must have the shapes it compares.</summary>
    public static void CheckShapes(MetricSpec metric, Shape labels, Shape output, ReadContext context)
    {
        try
        {
            metric.CheckShapes(labels, output);
        }
        catch (SpecException broken)
        {
            context.Add(context.Field(metric, broken.Field), ViolationCodes.ShapeConflict, broken.Message);
        }
    }
}
