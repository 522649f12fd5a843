using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Metrics;

/// <summary>Intersection over union of classes: <c>tp / (tp + fp + fn)</c>, meaned over the classes that occur.</summary>
public abstract record IoUSpec : MetricSpec
{
    /// <summary>Type of the counts; whole numbers cut the fraction off the samples' weights. Default: null, int32.</summary>
    [RegularExpression("int32|int64|float32|float64", ErrorMessage = "\"int32\", \"int64\", \"float32\" or \"float64\"")]
    public override string? Dtype { get; init; }

    /// <inheritdoc />
    public override Direction? Direction => Metrics.Direction.Up;

    private protected static void RequireTargets(IReadOnlyList<int> targets, int classes)
    {
        if (targets.Max() >= classes)
            throw new SpecException($"expected classes below num_classes, {classes}. Received: {targets.Max()}.", "target_class_ids");
    }

    /// <summary>Labels and outputs are class numbers or have an axis of classes; what is left must agree.</summary>
    private protected void RequirePositions(Shape labels, Shape output, bool sparseLabels, bool sparseOutputs, int axis, int classes)
    {
        if (!sparseOutputs)
            RequireClasses(output, axis, classes);
        if (!sparseLabels)
            RequireClasses(labels, axis, classes);
        var (first, second) = (sparseLabels ? labels : Without(labels, axis), sparseOutputs ? output : Without(output, axis));
        if (first.ElementsPerSample is { } left && second.ElementsPerSample is { } right && left != right)
            throw new SpecException($"{Name ?? DefaultName} expects as many labels as outputs. Received: labels {labels}, outputs {output}.");
    }

    private static void RequireClasses(Shape shape, int axis, int classes)
    {
        ShapeRule.RequireAxis(axis, shape);
        if (shape[axis] is { } size && size > classes)
            throw new SpecException($"expected at least {size}, the classes of {shape}. Received: {classes}.", "num_classes");
    }

    private static Shape Without(Shape shape, int axis) => new(shape.Where((_, index) => index != (axis < 0 ? axis + shape.Rank : axis)));
}

/// <summary>Intersection over union of some classes.</summary>
/// <param name="NumClasses">1 or more.</param>
/// <param name="TargetClassIds">The classes that count.</param>
/// <param name="IgnoreClass">A label that is left out. Default: none.</param>
/// <param name="SparseYTrue">Whether labels are class numbers instead of one value per class. Default: true.</param>
/// <param name="SparseYPred">Whether outputs are class numbers instead of one value per class. Default: true.</param>
/// <param name="Axis">The axis of the classes. Default: -1.</param>
public sealed record IoU(
    [Range(1, 4_096)] int NumClasses, [Range(0, 4_095), MinLength(1), MaxLength(4_096)] IReadOnlyList<int> TargetClassIds, int? IgnoreClass = null,
    bool SparseYTrue = true, bool SparseYPred = true, int Axis = -1) : IoUSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        RequireTargets(TargetClassIds, NumClasses);
        RequirePositions(labels, output, SparseYTrue, SparseYPred, Axis, NumClasses);
    }
}

/// <summary>Intersection over union of no and yes.</summary>
/// <param name="TargetClassIds">The classes that count, 0 and 1. Default: null, both.</param>
/// <param name="Threshold">An output at or above it is class 1; 0 to 1. Default: 0.5.</param>
public sealed record BinaryIoU(
    [Range(0, 1), MinLength(1), MaxLength(2)] IReadOnlyList<int>? TargetClassIds = null, [Range(0.0, 1.0)] double Threshold = 0.5) : IoUSpec
{
    /// <summary>The classes that count.</summary>
    public IReadOnlyList<int> TargetClassIds { get; init; } = TargetClassIds ?? [0, 1];

    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => RequirePositions(labels, output, true, true, -1, 2);
}

/// <summary>Mean intersection over union of all classes.</summary>
/// <param name="NumClasses">1 or more.</param>
/// <param name="IgnoreClass">A label that is left out. Default: none.</param>
/// <param name="SparseYTrue">Whether labels are class numbers instead of one value per class. Default: true.</param>
/// <param name="SparseYPred">Whether outputs are class numbers instead of one value per class. Default: true.</param>
/// <param name="Axis">The axis of the classes. Default: -1.</param>
public sealed record MeanIoU(
    [Range(1, 4_096)] int NumClasses, int? IgnoreClass = null, bool SparseYTrue = true, bool SparseYPred = true, int Axis = -1) : IoUSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => RequirePositions(labels, output, SparseYTrue, SparseYPred, Axis, NumClasses);
}

/// <summary>Intersection over union of some classes; labels are one-hot.</summary>
/// <param name="NumClasses">1 or more.</param>
/// <param name="TargetClassIds">The classes that count.</param>
/// <param name="IgnoreClass">A label that is left out. Default: none.</param>
/// <param name="SparseYPred">Whether outputs are class numbers instead of one value per class. Default: false.</param>
/// <param name="Axis">The axis of the classes. Default: -1.</param>
public sealed record OneHotIoU(
    [Range(1, 4_096)] int NumClasses, [Range(0, 4_095), MinLength(1), MaxLength(4_096)] IReadOnlyList<int> TargetClassIds, int? IgnoreClass = null,
    bool SparseYPred = false, int Axis = -1) : IoUSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        RequireTargets(TargetClassIds, NumClasses);
        RequirePositions(labels, output, false, SparseYPred, Axis, NumClasses);
    }
}

/// <summary>Mean intersection over union of all classes; labels are one-hot.</summary>
/// <param name="NumClasses">1 or more.</param>
/// <param name="IgnoreClass">A label that is left out. Default: none.</param>
/// <param name="SparseYPred">Whether outputs are class numbers instead of one value per class. Default: false.</param>
/// <param name="Axis">The axis of the classes. Default: -1.</param>
public sealed record OneHotMeanIoU([Range(1, 4_096)] int NumClasses, int? IgnoreClass = null, bool SparseYPred = false, int Axis = -1) : IoUSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => RequirePositions(labels, output, false, SparseYPred, Axis, NumClasses);
}
