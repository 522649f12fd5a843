using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Metrics;

/// <summary>
/// "accuracy" or "acc": binary, categorical or sparse categorical accuracy, decided by the shapes of labels and outputs, as Keras does.
/// </summary>
[ClassName("accuracy")]
public sealed record AccuracyByShape : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => Metrics.Direction.Up;

    /// <inheritdoc />
    public override MetricSpec Resolve(Shape labels, Shape output) =>
        output[-1] == 1 ? new BinaryAccuracy { Name = Name }
        : labels.Rank < output.Rank || labels[-1] == 1 ? new SparseCategoricalAccuracy { Name = Name }
        : new CategoricalAccuracy { Name = Name };

    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => (Resolve(labels, output) with { Name = Name ?? DefaultName }).CheckShapes(labels, output);
}

/// <summary>Share of values where label and output are equal.</summary>
public sealed record Accuracy : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => Metrics.Direction.Up;
}

/// <summary>Share of outputs on the right side of a threshold.</summary>
/// <param name="Threshold">0 to 1. Default: 0.5.</param>
public sealed record BinaryAccuracy([Range(0.0, 1.0)] double Threshold = 0.5) : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => Metrics.Direction.Up;
}

/// <summary>Share of rows whose largest output is the one-hot label's class.</summary>
public sealed record CategoricalAccuracy : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => Metrics.Direction.Up;
}

/// <summary>Share of rows whose largest output is the integer label's class.</summary>
public sealed record SparseCategoricalAccuracy : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => Metrics.Direction.Up;

    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => RequireClassNumbers(labels, output);
}

/// <summary>Share of rows whose one-hot label's class is among the k largest outputs; a tie with the k-th counts.</summary>
/// <param name="K">1 or more, at most the number of classes. Default: 5.</param>
public sealed record TopKCategoricalAccuracy([Range(1, int.MaxValue)] int K = 5) : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => Metrics.Direction.Up;

    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        base.CheckShapes(labels, output);
        RequireClasses(K, output);
    }

    internal static void RequireClasses(int k, Shape output)
    {
        if (output.Rank < 2 || k > output[-1])
            throw new SpecException($"expected at most the number of classes of outputs {output}. Received: {k}.", "k");
    }
}

/// <summary>Share of rows whose integer label's class is among the k largest outputs; a tie with the k-th counts.</summary>
/// <param name="K">1 or more, at most the number of classes. Default: 5.</param>
/// <param name="FromSortedIds">Whether the outputs are class numbers, the most likely first, instead of probabilities. Default: false.</param>
public sealed record SparseTopKCategoricalAccuracy([Range(1, int.MaxValue)] int K = 5, bool FromSortedIds = false) : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => Metrics.Direction.Up;

    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        RequireClassNumbers(labels, output);
        if (!FromSortedIds)
            TopKCategoricalAccuracy.RequireClasses(K, output);
    }
}
