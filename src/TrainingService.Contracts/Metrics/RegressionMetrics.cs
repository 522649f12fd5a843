using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Metrics;

/// <summary>Square root of the mean of <c>(y_true - y_pred)²</c>.</summary>
public sealed record RootMeanSquaredError : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => Metrics.Direction.Down;
}

/// <summary>How the scores of several outputs become one.</summary>
public enum ClassAggregation
{
    /// <summary>Their mean.</summary>
    UniformAverage,

    /// <summary>Their mean weighted by the variance of each output's labels.</summary>
    VarianceWeightedAverage,

    /// <summary>One score per output.</summary>
    [NullWord]
    None,
}

/// <summary>Coefficient of determination: <c>1 - Σ(y_true - y_pred)² / Σ(y_true - mean(y_true))²</c>; labels and outputs are <c>(batch, outputs)</c>.</summary>
/// <param name="ClassAggregation">Default: uniform_average; null keeps one score per output.</param>
/// <param name="NumRegressors">Independent variables of the adjusted score; 0 does not adjust. Default: 0.</param>
public sealed record R2Score(ClassAggregation ClassAggregation = ClassAggregation.UniformAverage, [Range(0, int.MaxValue)] int NumRegressors = 0) : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => Metrics.Direction.Up;

    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        base.CheckShapes(labels, output);
        if (output.Rank != 2 && labels.Rank != 2)
            throw new SpecException($"{Name ?? DefaultName} expects labels and outputs (batch, outputs). Received: labels {labels}, outputs {output}.");
    }

    /// <inheritdoc />
    public override int Count(Shape output) => ClassAggregation == ClassAggregation.None ? (int)(output[-1] ?? 1) : 1;
}

/// <summary>Mean of Pearson's correlation of label and output along an axis.</summary>
/// <param name="Axis">Default: -1.</param>
public sealed record PearsonCorrelation(int Axis = -1) : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => Metrics.Direction.Up;

    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        base.CheckShapes(labels, output);
        ShapeRule.RequireAxis(Axis, output);
    }
}

/// <summary>Mean of the concordance correlation of label and output along an axis: correlation that also minds scale and place.</summary>
/// <param name="Axis">Default: -1.</param>
public sealed record ConcordanceCorrelation(int Axis = -1) : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => Metrics.Direction.Up;

    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        base.CheckShapes(labels, output);
        ShapeRule.RequireAxis(Axis, output);
    }
}

/// <summary>Mean of a stream of values; it compares nothing, so a job cannot watch it.</summary>
public sealed record Mean : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => null;

    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => throw new SpecException("expected a metric that compares labels and outputs. Received: Mean, which takes values alone.");
}

/// <summary>Sum of a stream of values; it compares nothing, so a job cannot watch it.</summary>
public sealed record Sum : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => null;

    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => throw new SpecException("expected a metric that compares labels and outputs. Received: Sum, which takes values alone.");
}
