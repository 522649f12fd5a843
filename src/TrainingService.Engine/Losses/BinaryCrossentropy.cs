using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Losses;

namespace TrainingService.Engine.Losses;

/// <summary>Cross-entropy of yes-or-no labels, meaned over the last axis.</summary>
public sealed class BinaryCrossentropy(Specs.BinaryCrossentropy spec) : Loss(spec.Reduction)
{
    /// <inheritdoc />
    protected override (Tensor Values, Tensor? Valid) Values(Tensor labels, Tensor outputs)
    {
        if (spec.LabelSmoothing > 0)
            labels = labels * (1 - spec.LabelSmoothing) + 0.5 * spec.LabelSmoothing;
        return ((spec.FromLogits ? OfLogits(labels, outputs) : OfProbabilities(labels, Clip(outputs))).mean([-1]), null);
    }

    private static Tensor OfProbabilities(Tensor labels, Tensor probabilities) =>
        -(labels * probabilities.log() + (1 - labels) * (1 - probabilities).log());

    /// <summary><c>max(x, 0) - x·y + log(1 + exp(-|x|))</c>, which overflows for no logit.</summary>
    private static Tensor OfLogits(Tensor labels, Tensor logits) =>
        logits.relu() - logits * labels + (-logits.abs()).exp().log1p();
}
