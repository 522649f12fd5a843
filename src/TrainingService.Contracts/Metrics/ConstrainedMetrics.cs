using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Metrics;

/// <summary>The best sensitivity (recall) among the thresholds whose specificity is at least the given one; 0 when there is none.</summary>
/// <param name="Specificity">0 to 1.</param>
/// <param name="NumThresholds">Thresholds, evenly over 0 to 1; a single one is 0.5. Default: 200.</param>
/// <param name="ClassId">The only class that is looked at. Default: null, all.</param>
public sealed record SensitivityAtSpecificity(
    [Range(0.0, 1.0)] double Specificity, [Range(1, 100_000)] int NumThresholds = 200, [Range(0, int.MaxValue)] int? ClassId = null) : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => Metrics.Direction.Up;

    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        base.CheckShapes(labels, output);
        RequireClass(ClassId, output);
    }
}

/// <summary>The best specificity among the thresholds whose sensitivity (recall) is at least the given one; 0 when there is none.</summary>
/// <param name="Sensitivity">0 to 1.</param>
/// <param name="NumThresholds">Thresholds, evenly over 0 to 1; a single one is 0.5. Default: 200.</param>
/// <param name="ClassId">The only class that is looked at. Default: null, all.</param>
public sealed record SpecificityAtSensitivity(
    [Range(0.0, 1.0)] double Sensitivity, [Range(1, 100_000)] int NumThresholds = 200, [Range(0, int.MaxValue)] int? ClassId = null) : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => Metrics.Direction.Up;

    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        base.CheckShapes(labels, output);
        RequireClass(ClassId, output);
    }
}

/// <summary>The best precision among the thresholds whose recall is at least the given one; 0 when there is none.</summary>
/// <param name="Recall">0 to 1.</param>
/// <param name="NumThresholds">Thresholds, evenly over 0 to 1; a single one is 0.5. Default: 200.</param>
/// <param name="ClassId">The only class that is looked at. Default: null, all.</param>
public sealed record PrecisionAtRecall(
    [Range(0.0, 1.0)] double Recall, [Range(1, 100_000)] int NumThresholds = 200, [Range(0, int.MaxValue)] int? ClassId = null) : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => Metrics.Direction.Up;

    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        base.CheckShapes(labels, output);
        RequireClass(ClassId, output);
    }
}

/// <summary>The best recall among the thresholds whose precision is at least the given one; 0 when there is none.</summary>
/// <param name="Precision">0 to 1.</param>
/// <param name="NumThresholds">Thresholds, evenly over 0 to 1; a single one is 0.5. Default: 200.</param>
/// <param name="ClassId">The only class that is looked at. Default: null, all.</param>
public sealed record RecallAtPrecision(
    [Range(0.0, 1.0)] double Precision, [Range(1, 100_000)] int NumThresholds = 200, [Range(0, int.MaxValue)] int? ClassId = null) : MetricSpec
{
    /// <inheritdoc />
    public override Direction? Direction => Metrics.Direction.Up;

    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        base.CheckShapes(labels, output);
        RequireClass(ClassId, output);
    }
}
