using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Losses;

namespace TrainingService.Engine.Losses;

/// <summary>Cross-entropy of yes-or-no labels, meaned over an axis.</summary>
public sealed class BinaryCrossentropy(Specs.BinaryCrossentropy spec) : Loss(spec.Reduction)
{
    /// <inheritdoc />
    protected override LossValues Compute(Tensor labels, Tensor outputs)
    {
        labels = Smooth(labels, spec.LabelSmoothing);
        // The form for logits, max(x, 0) - x·y + log(1 + exp(-|x|)), overflows for no logit.
        var values = spec.FromLogits
            ? nn.functional.binary_cross_entropy_with_logits(outputs, labels, reduction: nn.Reduction.None)
            : OfProbabilities(labels, Clip(outputs));
        return values.mean([spec.Axis]);
    }

    /// <summary>libtorch's own function throws for an output that is no number, where training is to see the loss.</summary>
    internal static Tensor OfProbabilities(Tensor labels, Tensor probabilities) =>
        -(1 - probabilities).log().lerp(probabilities.log(), labels);

    internal static Tensor Smooth(Tensor labels, double smoothing) => smoothing > 0 ? labels * (1 - smoothing) + 0.5 * smoothing : labels;
}

/// <summary>Binary cross-entropy in which easy values count less, meaned over an axis.</summary>
public sealed class BinaryFocalCrossentropy(Specs.BinaryFocalCrossentropy spec) : Loss(spec.Reduction)
{
    /// <inheritdoc />
    protected override LossValues Compute(Tensor labels, Tensor outputs)
    {
        labels = BinaryCrossentropy.Smooth(labels, spec.LabelSmoothing);
        if (spec.FromLogits)
            outputs = outputs.sigmoid();
        var values = BinaryCrossentropy.OfProbabilities(labels, Clip(outputs));
        var right = labels * outputs + (1 - labels) * (1 - outputs);
        values = (1 - right).pow(spec.Gamma) * values;
        if (spec.ApplyClassBalancing)
            values = (labels * spec.Alpha + (1 - labels) * (1 - spec.Alpha)) * values;
        return values.mean([spec.Axis]);
    }
}
