using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Losses;

namespace TrainingService.Engine.Losses;

/// <summary><c>mean(max(1 - y_true·y_pred, 0))</c> over the last axis.</summary>
public sealed class Hinge(Specs.Hinge spec) : Loss(spec.Reduction)
{
    /// <inheritdoc />
    protected override LossValues Compute(Tensor labels, Tensor outputs) => Margins(labels, outputs).mean([-1]);

    /// <summary><c>max(1 - y_true·y_pred, 0)</c>; where all labels are 0 or 1 they become -1 and 1.</summary>
    internal static Tensor Margins(Tensor labels, Tensor outputs)
    {
        var binary = labels.eq(0).logical_or(labels.eq(1)).all();
        return (1 - where(binary, labels * 2 - 1, labels) * outputs).relu();
    }
}

/// <summary><c>mean(max(1 - y_true·y_pred, 0)²)</c> over the last axis.</summary>
public sealed class SquaredHinge(Specs.SquaredHinge spec) : Loss(spec.Reduction)
{
    /// <inheritdoc />
    protected override LossValues Compute(Tensor labels, Tensor outputs) => Hinge.Margins(labels, outputs).square().mean([-1]);
}

/// <summary><c>max(max((1 - y_true)·y_pred) - Σ y_true·y_pred + 1, 0)</c> over the last axis.</summary>
public sealed class CategoricalHinge(Specs.CategoricalHinge spec) : Loss(spec.Reduction)
{
    /// <inheritdoc />
    protected override LossValues Compute(Tensor labels, Tensor outputs) =>
        (((1 - labels) * outputs).amax([-1]) - (labels * outputs).sum(-1) + 1).relu();
}
