using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Losses;

namespace TrainingService.Engine.Losses;

/// <summary>Cross-entropy of integer class labels; labels <c>(batch, …)</c> or <c>(batch, …, 1)</c>, outputs <c>(batch, …, classes)</c>.</summary>
public sealed class SparseCategoricalCrossentropy(Specs.SparseCategoricalCrossentropy spec) : Loss(spec.Reduction)
{
    /// <summary>libtorch would leave out -100.</summary>
    private const long NoLabel = long.MinValue;

    /// <inheritdoc />
    protected override bool LabelsAreFloats => false;

    /// <inheritdoc />
    protected override LossValues Compute(Tensor labels, Tensor outputs)
    {
        if (labels.dim() == outputs.dim() && labels.size(spec.Axis) == 1)
            labels = labels.squeeze(spec.Axis);
        if (labels.dtype != int64)
            labels = labels.to(int64);
        if (spec.IgnoreClass is not { } ignored)
            return CrossEntropy(labels, outputs);
        var valid = labels.ne(ignored);
        var values = CrossEntropy(labels.masked_fill(valid.logical_not(), 0), outputs);
        return new LossValues(where(valid, values, zeros_like(values)), valid);
    }

    private Tensor CrossEntropy(Tensor labels, Tensor outputs) // (batch, …)
    {
        if (spec.FromLogits && outputs.dim() == 2 && spec.Axis is (-1 or 1))
            return nn.functional.cross_entropy(outputs, labels, ignore_index: NoLabel, reduction: nn.Reduction.None);
        if (spec.FromLogits)
            return -Pick(outputs.log_softmax(spec.Axis), labels);
        // Only the labels' probabilities are divided by the sum of their row, clipped and put into a logarithm.
        return -Clip(Pick(outputs, labels) / outputs.sum(spec.Axis)).log();
    }

    private Tensor Pick(Tensor values, Tensor labels) => values.gather(spec.Axis, labels.unsqueeze(spec.Axis)).squeeze(spec.Axis);
}
