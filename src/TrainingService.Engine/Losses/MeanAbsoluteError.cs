using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Losses;

namespace TrainingService.Engine.Losses;

/// <summary><c>mean(|y_true - y_pred|)</c> over the last axis.</summary>
public sealed class MeanAbsoluteError(Specs.MeanAbsoluteError spec) : Loss(spec.Reduction)
{
    /// <inheritdoc />
    protected override (Tensor Values, Tensor? Valid) Values(Tensor labels, Tensor outputs) => ((labels - outputs).abs().mean([-1]), null);
}
