using TrainingService.Contracts.Constraints;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Losses;

namespace TrainingService.Engine.Losses;

/// <summary><c>1 - 2·Σ y_true·y_pred / (Σ y_true + Σ y_pred + 1e-7)</c>.</summary>
public sealed class Dice(Specs.Dice spec) : Loss(spec.Reduction)
{
    /// <inheritdoc />
    protected override LossValues Compute(Tensor labels, Tensor outputs) =>
        1 - 2 * Sum(labels * outputs, spec.Axis) / (Sum(labels, spec.Axis) + Sum(outputs, spec.Axis) + Epsilon);

    /// <summary>The sum over some axes; null names all of them.</summary>
    internal static Tensor Sum(Tensor values, NormAxes? axes) =>
        axes is { All: false } named ? values.sum([.. named.Select(axis => (long)axis)]) : values.sum();
}

/// <summary><c>1 - tp / (tp + alpha·fp + beta·fn + 1e-7)</c>.</summary>
public sealed class Tversky(Specs.Tversky spec) : Loss(spec.Reduction)
{
    /// <inheritdoc />
    protected override LossValues Compute(Tensor labels, Tensor outputs)
    {
        var both = Dice.Sum(outputs * labels, spec.Axis);
        var tooMuch = Dice.Sum((1 - labels) * outputs, spec.Axis);
        var missing = Dice.Sum(labels * (1 - outputs), spec.Axis);
        return 1 - both / (both + tooMuch * spec.Alpha + missing * spec.Beta + Epsilon);
    }
}
