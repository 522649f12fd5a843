using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Metrics;

/// <summary>The mean of a loss's values, weighted by the samples' weights.</summary>
public abstract record LossMetricSpec : MetricSpec
{
    /// <summary>The loss whose values are meaned.</summary>
    public abstract LossSpec Loss();

    /// <inheritdoc />
    public override Direction? Direction => Metrics.Direction.Down;

    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => Loss().CheckShapes(labels, output);
}

/// <summary>The mean of any loss's values: <c>"huber"</c> among the metrics, or an object with the loss in <c>fn</c>.</summary>
/// <param name="Fn">The loss; its reduction is left out of account.</param>
public sealed record MeanMetricWrapper(LossSpec Fn) : LossMetricSpec
{
    /// <inheritdoc />
    public override string DefaultName => KerasKind.SnakeCase(KerasKind.ClassName(Fn.GetType()));

    /// <inheritdoc />
    public override LossSpec Loss() => Fn;
}

/// <summary>
/// "crossentropy" or "ce" among the metrics: binary, categorical or sparse categorical cross-entropy, decided by the shapes of labels and outputs.
/// </summary>
[ClassName("crossentropy")]
public sealed record CrossentropyMetricByShape : LossMetricSpec
{
    /// <inheritdoc />
    public override LossSpec Loss() => new CrossentropyByShape();
}

/// <summary>Mean of <c>|y_true - y_pred|</c>.</summary>
[ClassName("MeanAbsoluteError")]
public sealed record MeanAbsoluteErrorMetric : LossMetricSpec
{
    /// <inheritdoc />
    public override LossSpec Loss() => new MeanAbsoluteError();
}

/// <summary>Mean of <c>(y_true - y_pred)²</c>.</summary>
[ClassName("MeanSquaredError")]
public sealed record MeanSquaredErrorMetric : LossMetricSpec
{
    /// <inheritdoc />
    public override LossSpec Loss() => new MeanSquaredError();
}

/// <summary>Mean of <c>100·|y_true - y_pred| / max(|y_true|, 1e-7)</c>.</summary>
[ClassName("MeanAbsolutePercentageError")]
public sealed record MeanAbsolutePercentageErrorMetric : LossMetricSpec
{
    /// <inheritdoc />
    public override LossSpec Loss() => new MeanAbsolutePercentageError();
}

/// <summary>Mean of the squared differences of <c>log(value + 1)</c>.</summary>
[ClassName("MeanSquaredLogarithmicError")]
public sealed record MeanSquaredLogarithmicErrorMetric : LossMetricSpec
{
    /// <inheritdoc />
    public override LossSpec Loss() => new MeanSquaredLogarithmicError();
}

/// <summary>Mean of <c>log(cosh(y_pred - y_true))</c>.</summary>
public sealed record LogCoshError : LossMetricSpec
{
    /// <inheritdoc />
    public override string DefaultName => "logcosh";

    /// <inheritdoc />
    public override LossSpec Loss() => new LogCosh();
}

/// <summary>Mean cosine of the angle between label and output: 1 where both point the same way. The loss of this name is its negative.</summary>
/// <param name="Axis">The axis of the vectors. Default: -1.</param>
[ClassName("CosineSimilarity")]
public sealed record CosineSimilarityMetric(int Axis = -1) : LossMetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => Metrics.Direction.Up;

    /// <inheritdoc />
    public override LossSpec Loss() => new CosineSimilarity(Axis);
}

/// <summary>Mean of <c>max(1 - y_true·y_pred, 0)</c>.</summary>
[ClassName("Hinge")]
public sealed record HingeMetric : LossMetricSpec
{
    /// <inheritdoc />
    public override LossSpec Loss() => new Hinge();
}

/// <summary>Mean of <c>max(1 - y_true·y_pred, 0)²</c>.</summary>
[ClassName("SquaredHinge")]
public sealed record SquaredHingeMetric : LossMetricSpec
{
    /// <inheritdoc />
    public override LossSpec Loss() => new SquaredHinge();
}

/// <summary>Mean of the categorical hinge; labels are one-hot.</summary>
[ClassName("CategoricalHinge")]
public sealed record CategoricalHingeMetric : LossMetricSpec
{
    /// <inheritdoc />
    public override LossSpec Loss() => new CategoricalHinge();
}

/// <summary>Mean Kullback-Leibler divergence.</summary>
[ClassName("KLDivergence")]
public sealed record KLDivergenceMetric : LossMetricSpec
{
    /// <inheritdoc />
    public override LossSpec Loss() => new KLDivergence();
}

/// <summary>Mean of <c>y_pred - y_true·log(y_pred)</c>.</summary>
[ClassName("Poisson")]
public sealed record PoissonMetric : LossMetricSpec
{
    /// <inheritdoc />
    public override LossSpec Loss() => new Poisson();
}

/// <summary>Mean binary cross-entropy.</summary>
/// <param name="FromLogits">Whether the outputs are logits instead of probabilities. Default: false.</param>
/// <param name="LabelSmoothing">0 to 1. Default: 0.</param>
[ClassName("BinaryCrossentropy")]
public sealed record BinaryCrossentropyMetric(bool FromLogits = false, [Range(0.0, 1.0)] double LabelSmoothing = 0.0) : LossMetricSpec
{
    /// <inheritdoc />
    public override LossSpec Loss() => new BinaryCrossentropy(FromLogits, LabelSmoothing);
}

/// <summary>Mean categorical cross-entropy; labels are one-hot.</summary>
/// <param name="FromLogits">Whether the outputs are logits instead of probabilities. Default: false.</param>
/// <param name="LabelSmoothing">0 to 1. Default: 0.</param>
/// <param name="Axis">The axis of the classes. Default: -1.</param>
[ClassName("CategoricalCrossentropy")]
public sealed record CategoricalCrossentropyMetric(bool FromLogits = false, [Range(0.0, 1.0)] double LabelSmoothing = 0.0, int Axis = -1) : LossMetricSpec
{
    /// <inheritdoc />
    public override LossSpec Loss() => new CategoricalCrossentropy(FromLogits, LabelSmoothing, Axis);
}

/// <summary>Mean sparse categorical cross-entropy; labels are class numbers. Without weights an ignored label counts as 0, as in Keras.</summary>
/// <param name="FromLogits">Whether the outputs are logits instead of probabilities. Default: false.</param>
/// <param name="IgnoreClass">A label whose value is 0. Default: none.</param>
/// <param name="Axis">The axis of the classes. Default: -1.</param>
[ClassName("SparseCategoricalCrossentropy")]
public sealed record SparseCategoricalCrossentropyMetric(bool FromLogits = false, int? IgnoreClass = null, int Axis = -1) : LossMetricSpec
{
    /// <inheritdoc />
    public override LossSpec Loss() => new SparseCategoricalCrossentropy(FromLogits, IgnoreClass, Axis);
}
