using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Losses;

namespace TrainingService.Engine.Losses;

/// <summary>Cross-entropy of integer class labels; labels <c>(batch, …)</c> or <c>(batch, …, 1)</c>, outputs <c>(batch, …, classes)</c>.</summary>
public sealed class SparseCategoricalCrossentropy(Specs.SparseCategoricalCrossentropy spec) : Loss(spec.Reduction)
{
    /// <inheritdoc />
    protected override bool LabelsAreFloats => false;

    /// <inheritdoc />
    protected override (Tensor Values, Tensor? Valid) Values(Tensor labels, Tensor outputs)
    {
        if (labels.dim() == outputs.dim() && labels.shape[^1] == 1)
            labels = labels.squeeze(-1);
        if (labels.dtype != int64)
            labels = labels.to(int64);
        if (spec.IgnoreClass is not { } ignored)
            return (CrossEntropy(labels, outputs), null);
        var valid = labels.ne(ignored);
        var values = CrossEntropy(where(valid, labels, zeros_like(labels)), outputs);
        return (where(valid, values, zeros_like(values)), valid);
    }

    private Tensor CrossEntropy(Tensor labels, Tensor outputs) => // (batch, …)
        -LogProbabilities(outputs, spec.FromLogits).gather(-1, labels.unsqueeze(-1)).squeeze(-1);
}
