using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Losses;

/// <summary><c>mean((y_true - y_pred)²)</c> over the last axis.</summary>
public sealed record MeanSquaredError : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => RequireSameShape(labels, output);
}

/// <summary><c>mean(|y_true - y_pred|)</c> over the last axis.</summary>
public sealed record MeanAbsoluteError : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => RequireSameShape(labels, output);
}

/// <summary><c>100 · mean(|y_true - y_pred| / max(|y_true|, 1e-7))</c> over the last axis.</summary>
public sealed record MeanAbsolutePercentageError : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => RequireSameShape(labels, output);
}

/// <summary><c>mean((log(max(y_true, 1e-7) + 1) - log(max(y_pred, 1e-7) + 1))²)</c> over the last axis.</summary>
public sealed record MeanSquaredLogarithmicError : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => RequireSameShape(labels, output);
}

/// <summary>
/// Squared near zero, linear beyond: <c>mean(½·d²)</c> where <c>|d| ≤ delta</c>, else <c>mean(delta·|d| - ½·delta²)</c>, over the last axis.
/// </summary>
/// <param name="Delta">Where it becomes linear, above 0. Default: 1.</param>
public sealed record Huber([Range(double.Epsilon, float.MaxValue)] double Delta = 1.0) : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => RequireSameShape(labels, output);
}

/// <summary><c>mean(log(cosh(y_pred - y_true)))</c> over the last axis.</summary>
public sealed record LogCosh : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => RequireSameShape(labels, output);
}

/// <summary><c>-Σ l2(y_true)·l2(y_pred)</c>: -1 where both point the same way, 1 where they point against each other.</summary>
/// <param name="Axis">The axis of the vectors. Default: -1.</param>
public sealed record CosineSimilarity(int Axis = -1) : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        RequireSameShape(labels, output);
        ShapeRule.RequireAxis(Axis, output);
    }
}

/// <summary>Kullback-Leibler divergence: <c>Σ y_true·log(y_true / y_pred)</c> over the last axis, both clipped to 1e-7 … 1.</summary>
public sealed record KLDivergence : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => RequireSameShape(labels, output);
}

/// <summary><c>mean(y_pred - y_true·log(y_pred + 1e-7))</c> over the last axis; labels are counts.</summary>
public sealed record Poisson : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => RequireSameShape(labels, output);
}
