using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Losses;

namespace TrainingService.Engine.Losses;

/// <summary><c>mean((y_true - y_pred)²)</c> over the last axis.</summary>
public sealed class MeanSquaredError(Specs.MeanSquaredError spec) : Loss(spec.Reduction)
{
    /// <inheritdoc />
    protected override (Tensor Values, Tensor? Valid) Values(Tensor labels, Tensor outputs) => ((labels - outputs).square().mean([-1]), null);
}
