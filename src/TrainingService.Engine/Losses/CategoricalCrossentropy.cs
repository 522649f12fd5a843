using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Losses;

namespace TrainingService.Engine.Losses;

/// <summary>Cross-entropy of one-hot (or soft) labels; both <c>(batch, …, classes)</c>.</summary>
public sealed class CategoricalCrossentropy(Specs.CategoricalCrossentropy spec) : Loss(spec.Reduction)
{
    /// <inheritdoc />
    protected override (Tensor Values, Tensor? Valid) Values(Tensor labels, Tensor outputs)
    {
        if (spec.LabelSmoothing > 0)
            labels = labels * (1 - spec.LabelSmoothing) + spec.LabelSmoothing / labels.shape[^1];
        return (-(labels * LogProbabilities(outputs, spec.FromLogits)).sum(-1), null); // (batch, …)
    }
}
