using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Losses;

/// <summary>One minus the overlap of two sets: <c>1 - 2·Σ y_true·y_pred / (Σ y_true + Σ y_pred + 1e-7)</c>.</summary>
/// <param name="Axis">The axes to sum over: one, a list, or null for all of them. Default: null.</param>
public sealed record Dice(NormAxes? Axis = null) : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        RequireSameShape(labels, output);
        ShapeRule.RequireAxes(Axis, output);
    }
}

/// <summary>
/// Dice in which the two ways of being wrong count differently: <c>1 - tp / (tp + alpha·fp + beta·fn + 1e-7)</c>.
/// Salehi et al., Tversky loss function for image segmentation (2017).
/// </summary>
/// <param name="Alpha">Weight of what is there and should not be; 0 or more. Default: 0.5.</param>
/// <param name="Beta">Weight of what should be there and is not; 0 or more. Default: 0.5.</param>
/// <param name="Axis">The axes to sum over: one, a list, or null for all of them. Default: null.</param>
public sealed record Tversky(
    [Range(0.0, float.MaxValue)] double Alpha = 0.5, [Range(0.0, float.MaxValue)] double Beta = 0.5, NormAxes? Axis = null) : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        RequireSameShape(labels, output);
        ShapeRule.RequireAxes(Axis, output);
    }
}
