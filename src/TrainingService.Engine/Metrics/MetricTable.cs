using TrainingService.Contracts.Json;
using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Shapes;
using Specs = TrainingService.Contracts.Metrics;

namespace TrainingService.Engine.Metrics;

/// <summary>Every metric: the record that describes it and the class that computes it.</summary>
public static class MetricTable
{
    private delegate Metric Builder(MetricSpec spec, string name, Shape labels, Shape outputs);

    private static readonly Dictionary<Type, Builder> Table = new()
    {
        [typeof(Specs.AccuracyByShape)] = (_, name, labels, outputs) => ByShape(name, labels, outputs),
        [typeof(Specs.Accuracy)] = (_, name, _, _) => new Accuracy(name),
        [typeof(Specs.BinaryAccuracy)] = (spec, name, _, _) => new BinaryAccuracy(name, ((Specs.BinaryAccuracy)spec).Threshold),
        [typeof(Specs.CategoricalAccuracy)] = (_, name, _, _) => new CategoricalAccuracy(name),
        [typeof(Specs.SparseCategoricalAccuracy)] = (_, name, _, _) => new SparseCategoricalAccuracy(name),
        [typeof(Specs.MeanAbsoluteErrorMetric)] = (_, name, _, _) => new MeanAbsoluteErrorMetric(name),
        [typeof(Specs.MeanSquaredErrorMetric)] = (_, name, _, _) => new MeanSquaredErrorMetric(name),
    };

    /// <summary>The records that are covered.</summary>
    public static IReadOnlyCollection<Type> Covered => Table.Keys;

    /// <summary>Builds the metric of a spec.</summary>
    /// <param name="spec">Which metric.</param>
    /// <param name="labels">Shape of a batch of labels; "accuracy" decides by it.</param>
    /// <param name="outputs">Shape of a batch of outputs.</param>
    /// <exception cref="NotSupportedException">The table has no class for it.</exception>
    public static Metric Build(MetricSpec spec, Shape labels, Shape outputs) =>
        Table.TryGetValue(spec.GetType(), out var build)
            ? build(spec, LogName(spec), labels, outputs)
            : throw new NotSupportedException($"No class computes the metric {spec.GetType().Name}.");

    /// <summary>Key in the logs: the given name, or the class name in Keras's snake case.</summary>
    public static string LogName(MetricSpec spec) => spec.Name ?? KerasKind.SnakeCase(KerasKind.ClassName(spec.GetType()));

    /// <summary>"accuracy": which of the three it is shows in the shapes, as in Keras (and not in the loss).</summary>
    private static Metric ByShape(string name, Shape labels, Shape outputs) =>
        outputs[-1] == 1 ? new BinaryAccuracy(name, 0.5)
        : labels.Rank < outputs.Rank || (labels[-1] == 1 && outputs[-1] > 1) ? new SparseCategoricalAccuracy(name)
        : new CategoricalAccuracy(name);
}
