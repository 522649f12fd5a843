using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Metrics;

/// <summary>How the scores of several classes become one.</summary>
public enum FScoreAverage
{
    /// <summary>One score over all classes' counts.</summary>
    Micro,

    /// <summary>Mean of the classes' scores.</summary>
    Macro,

    /// <summary>Mean of the classes' scores weighted by how often each is a label.</summary>
    Weighted,
}

/// <summary>Harmonic mean of precision and recall; labels and outputs are <c>(batch, classes)</c>.</summary>
/// <param name="Average">Default: null, one score per class.</param>
/// <param name="Threshold">Above 0 to 1; an output above it is positive. Default: null, the largest of a row is.</param>
public sealed record F1Score(FScoreAverage? Average = null, [Range(double.Epsilon, 1.0)] double? Threshold = null) : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => Metrics.Direction.Up;

    /// <inheritdoc />
    public override int Count(Shape output) => Average is null ? (int)(output[-1] ?? 1) : 1;

    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => RequireClasses(Name ?? DefaultName, labels, output);

    internal static void RequireClasses(string name, Shape labels, Shape output)
    {
        if (output.Rank != 2 || !labels.IsCompatibleWith(output))
            throw new SpecException($"{name} expects labels and outputs of one shape (batch, classes). Received: labels {labels}, outputs {output}.");
    }
}

/// <summary>Mean of precision and recall in which recall counts <c>beta</c> times as much: <c>(1 + beta²)·p·r / (beta²·p + r)</c>.</summary>
/// <param name="Average">Default: null, one score per class.</param>
/// <param name="Beta">Above 0. Default: 1.</param>
/// <param name="Threshold">Above 0 to 1; an output above it is positive. Default: null, the largest of a row is.</param>
public sealed record FBetaScore(
    FScoreAverage? Average = null, [Range(double.Epsilon, 1e6)] double Beta = 1.0, [Range(double.Epsilon, 1.0)] double? Threshold = null) : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => Metrics.Direction.Up;

    /// <inheritdoc />
    public override string DefaultName => "fbeta_score";

    /// <inheritdoc />
    public override int Count(Shape output) => Average is null ? (int)(output[-1] ?? 1) : 1;

    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => F1Score.RequireClasses(Name ?? DefaultName, labels, output);
}
