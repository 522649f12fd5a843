using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Losses;

namespace TrainingService.Engine.Losses;

/// <summary>Cross-entropy of one-hot (or soft) labels; both <c>(batch, …, classes)</c>.</summary>
public sealed class CategoricalCrossentropy(Specs.CategoricalCrossentropy spec) : Loss(spec.Reduction)
{
    /// <inheritdoc />
    protected override LossValues Compute(Tensor labels, Tensor outputs)
    {
        labels = Smooth(labels, outputs, spec.LabelSmoothing, spec.Axis);
        var logarithms = spec.FromLogits ? outputs.log_softmax(spec.Axis) : Clip(SumToOne(outputs, spec.Axis)).log();
        return -(labels * logarithms).sum(spec.Axis); // (batch, …)
    }

    internal static Tensor Smooth(Tensor labels, Tensor outputs, double smoothing, int axis) =>
        smoothing > 0 ? labels * (1 - smoothing) + smoothing / outputs.size(axis) : labels;

    /// <summary>Keras makes the classes' probabilities sum to one before it takes logarithms.</summary>
    internal static Tensor SumToOne(Tensor outputs, int axis) => outputs / outputs.sum(axis, keepdim: true);
}

/// <summary>Categorical cross-entropy in which easy values count less.</summary>
public sealed class CategoricalFocalCrossentropy(Specs.CategoricalFocalCrossentropy spec) : Loss(spec.Reduction)
{
    /// <inheritdoc />
    protected override LossValues Compute(Tensor labels, Tensor outputs)
    {
        labels = CategoricalCrossentropy.Smooth(labels, outputs, spec.LabelSmoothing, spec.Axis);
        if (spec.FromLogits)
            outputs = outputs.softmax(spec.Axis);
        var probabilities = Clip(CategoricalCrossentropy.SumToOne(outputs, spec.Axis));
        var factor = (1 - probabilities).pow(spec.Gamma);
        // One weight for all, or one per entry of the last axis.
        var weighed = spec.Alpha.Count == 1
            ? factor * spec.Alpha[0]
            : factor * tensor([.. spec.Alpha], dtype: factor.dtype, device: factor.device);
        return -(weighed * labels * probabilities.log()).sum(spec.Axis); // (batch, …)
    }
}

/// <summary><c>(1 - p^q) / q</c>, where p is the probability of the label's class.</summary>
public sealed class CategoricalGeneralizedCrossEntropy(Specs.CategoricalGeneralizedCrossEntropy spec) : Loss(spec.Reduction)
{
    /// <inheritdoc />
    protected override bool LabelsAreFloats => false;

    /// <inheritdoc />
    protected override LossValues Compute(Tensor labels, Tensor outputs)
    {
        var right = outputs.gather(-1, labels.to(int64).unsqueeze(-1)).squeeze(-1); // (batch, …)
        return (1 - right.pow(spec.Q)) / spec.Q;
    }
}
