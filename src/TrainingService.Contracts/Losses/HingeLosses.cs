using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Losses;

/// <summary><c>mean(max(1 - y_true·y_pred, 0))</c> over the last axis; labels are -1 and 1, or 0 and 1 throughout.</summary>
public sealed record Hinge : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => RequireSameShape(labels, output);
}

/// <summary><c>mean(max(1 - y_true·y_pred, 0)²)</c> over the last axis; labels are -1 and 1, or 0 and 1 throughout.</summary>
public sealed record SquaredHinge : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => RequireSameShape(labels, output);
}

/// <summary><c>max(max((1 - y_true)·y_pred) - Σ y_true·y_pred + 1, 0)</c> over the last axis; labels are one-hot.</summary>
public sealed record CategoricalHinge : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => RequireSameShape(labels, output);
}
