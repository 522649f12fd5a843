using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Metrics;

/// <summary>How often label and output are both positive, at each threshold.</summary>
/// <param name="Thresholds">One or more of 0 to 1; an output above it is positive. Default: null, 0.5.</param>
public sealed record TruePositives([Range(0.0, 1.0), OrSingle, MinLength(1), MaxLength(10_000)] IReadOnlyList<double>? Thresholds = null) : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => null;

    /// <inheritdoc />
    public override int Count(Shape output) => Thresholds?.Count ?? 1;
}

/// <summary>How often label and output are both negative, at each threshold.</summary>
/// <param name="Thresholds">One or more of 0 to 1; an output above it is positive. Default: null, 0.5.</param>
public sealed record TrueNegatives([Range(0.0, 1.0), OrSingle, MinLength(1), MaxLength(10_000)] IReadOnlyList<double>? Thresholds = null) : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => null;

    /// <inheritdoc />
    public override int Count(Shape output) => Thresholds?.Count ?? 1;
}

/// <summary>How often an output is positive and its label is not, at each threshold.</summary>
/// <param name="Thresholds">One or more of 0 to 1; an output above it is positive. Default: null, 0.5.</param>
public sealed record FalsePositives([Range(0.0, 1.0), OrSingle, MinLength(1), MaxLength(10_000)] IReadOnlyList<double>? Thresholds = null) : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => null;

    /// <inheritdoc />
    public override int Count(Shape output) => Thresholds?.Count ?? 1;
}

/// <summary>How often an output is negative and its label is not, at each threshold.</summary>
/// <param name="Thresholds">One or more of 0 to 1; an output above it is positive. Default: null, 0.5.</param>
public sealed record FalseNegatives([Range(0.0, 1.0), OrSingle, MinLength(1), MaxLength(10_000)] IReadOnlyList<double>? Thresholds = null) : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => null;

    /// <inheritdoc />
    public override int Count(Shape output) => Thresholds?.Count ?? 1;
}

/// <summary>Share of positive outputs whose label is positive: <c>tp / (tp + fp)</c>.</summary>
/// <param name="Thresholds">One or more of 0 to 1; an output above it is positive. Default: null, 0.5, or with <c>top_k</c> none.</param>
/// <param name="TopK">Only the k largest outputs of a row are positive. Default: null, all may be.</param>
/// <param name="ClassId">The only class that is looked at. Default: null, all.</param>
public sealed record Precision(
    [Range(0.0, 1.0), OrSingle, MinLength(1), MaxLength(10_000)] IReadOnlyList<double>? Thresholds = null, [Range(1, int.MaxValue)] int? TopK = null,
    [Range(0, int.MaxValue)] int? ClassId = null) : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => Metrics.Direction.Up;

    /// <inheritdoc />
    public override int Count(Shape output) => Thresholds?.Count ?? 1;

    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        base.CheckShapes(labels, output);
        RequireClass(ClassId, output);
        RequireTopK(TopK, output);
    }

    internal static void RequireTopK(int? topK, Shape output)
    {
        if (topK > output[-1])
            throw new SpecException($"expected at most the size of the last axis of outputs {output}. Received: {topK}.", "top_k");
    }
}

/// <summary>Share of positive labels whose output is positive: <c>tp / (tp + fn)</c>.</summary>
/// <param name="Thresholds">One or more of 0 to 1; an output above it is positive. Default: null, 0.5, or with <c>top_k</c> none.</param>
/// <param name="TopK">Only the k largest outputs of a row are positive. Default: null, all may be.</param>
/// <param name="ClassId">The only class that is looked at. Default: null, all.</param>
public sealed record Recall(
    [Range(0.0, 1.0), OrSingle, MinLength(1), MaxLength(10_000)] IReadOnlyList<double>? Thresholds = null, [Range(1, int.MaxValue)] int? TopK = null,
    [Range(0, int.MaxValue)] int? ClassId = null) : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => Metrics.Direction.Up;

    /// <inheritdoc />
    public override int Count(Shape output) => Thresholds?.Count ?? 1;

    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        base.CheckShapes(labels, output);
        RequireClass(ClassId, output);
        Precision.RequireTopK(TopK, output);
    }
}
