using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Metrics;

/// <summary>Whether a metric is better when it rises or when it falls.</summary>
public enum Direction
{
    /// <summary>Larger is better.</summary>
    Up,

    /// <summary>Smaller is better.</summary>
    Down,
}

/// <summary>A figure watched while training.</summary>
public abstract record MetricSpec : KerasSpec
{
    /// <summary>Key in the logs; null takes the metric's own name (<c>accuracy</c>).</summary>
    [StringLength(100, MinimumLength = 1)]
    [RegularExpression("[A-Za-z0-9_.-]+", ErrorMessage = "letters, digits, '_', '.' and '-'")]
    public string? Name { get; init; }

    /// <summary>Whether larger or smaller values are better.</summary>
    public abstract Direction Direction { get; }
}

/// <summary>
/// "accuracy" or "acc": binary, categorical or sparse categorical accuracy, decided by the shapes of labels and outputs, as Keras does.
/// </summary>
[ClassName("accuracy")]
[Ignores("dtype", "fn")]
public sealed record AccuracyByShape : MetricSpec
{
    /// <inheritdoc />
    public override Direction Direction => Direction.Up;
}

/// <summary>Share of values where label and output are equal.</summary>
[Ignores("dtype", "fn")]
public sealed record Accuracy : MetricSpec
{
    /// <inheritdoc />
    public override Direction Direction => Direction.Up;
}

/// <summary>Share of outputs on the right side of a threshold.</summary>
/// <param name="Threshold">Default: 0.5.</param>
[Ignores("dtype", "fn")]
public sealed record BinaryAccuracy([Range(0.0, 1.0)] double Threshold = 0.5) : MetricSpec
{
    /// <inheritdoc />
    public override Direction Direction => Direction.Up;
}

/// <summary>Share of rows whose largest output is the one-hot label's class.</summary>
[Ignores("dtype", "fn")]
public sealed record CategoricalAccuracy : MetricSpec
{
    /// <inheritdoc />
    public override Direction Direction => Direction.Up;
}

/// <summary>Share of rows whose largest output is the integer label's class.</summary>
[Ignores("dtype", "fn")]
public sealed record SparseCategoricalAccuracy : MetricSpec
{
    /// <inheritdoc />
    public override Direction Direction => Direction.Up;
}

/// <summary>Mean of <c>|y_true - y_pred|</c>.</summary>
[ClassName("MeanAbsoluteError")]
[Ignores("dtype", "fn")]
public sealed record MeanAbsoluteErrorMetric : MetricSpec
{
    /// <inheritdoc />
    public override Direction Direction => Direction.Down;
}

/// <summary>Mean of <c>(y_true - y_pred)²</c>.</summary>
[ClassName("MeanSquaredError")]
[Ignores("dtype", "fn")]
public sealed record MeanSquaredErrorMetric : MetricSpec
{
    /// <inheritdoc />
    public override Direction Direction => Direction.Down;
}
