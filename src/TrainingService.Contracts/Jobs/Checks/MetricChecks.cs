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
    public static string Name(MetricSpec metric) => metric.Name ?? KerasKind.SnakeCase(KerasKind.ClassName(metric.GetType()));

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
    public static MetricSpec Resolve(MetricSpec metric, Shape labels, Shape output) => metric switch
    {
        AccuracyByShape => ByShape(labels, output) with { Name = Name(metric) },
        _ => metric with { Name = Name(metric) },
    };

    /// <summary>What the metric compares must have the shapes it compares.</summary>
    public static void CheckShapes(MetricSpec metric, Shape labels, Shape output, ReadContext context)
    {
        var resolved = Resolve(metric, labels, output);
        var fits = resolved is SparseCategoricalAccuracy
            ? Matches(labels, output.Take(output.Rank - 1)) || Matches(labels, [.. output.Take(output.Rank - 1), 1])
            : Matches(labels, output) || Matches(labels, output.Take(output.Rank - 1), output[-1] == 1) || Matches(output, labels.Take(labels.Rank - 1), labels[-1] == 1);
        if (fits)
            return;
        var expected = resolved is SparseCategoricalAccuracy ? "integer labels, one axis less than the outputs" : "labels and outputs of one shape";
        context.Add(context.At(metric), ViolationCodes.ShapeConflict, $"{Name(metric)} expects {expected}. Received: labels {labels}, outputs {output}.");
    }

    private static bool Matches(Shape shape, IEnumerable<long?> other, bool asked = true) => asked && shape.IsCompatibleWith(new Shape(other));

    /// <summary>Keras's <c>compile_utils.get_metric</c>: the shapes decide, not the loss.</summary>
    private static MetricSpec ByShape(Shape labels, Shape output) =>
        output[-1] == 1 ? new BinaryAccuracy()
        : labels.Rank < output.Rank || labels[-1] == 1 ? new SparseCategoricalAccuracy()
        : new CategoricalAccuracy();
}
