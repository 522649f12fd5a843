using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Losses;

namespace TrainingService.Engine.Losses;

/// <summary>Connectionist temporal classification; labels <c>(batch, length)</c> padded with the blank 0, outputs <c>(batch, time, classes)</c>.</summary>
public sealed class CTC(Specs.CTC spec) : Loss(spec.Reduction)
{
    /// <summary>What Keras makes of a label that no alignment of this length reads as.</summary>
    private const double Impossible = 1e5;

    /// <inheritdoc />
    protected override bool LabelsAreFloats => false;

    /// <inheritdoc />
    protected override LossValues Compute(Tensor labels, Tensor outputs)
    {
        labels = labels.to(int64);
        var (batch, time, classes) = (outputs.shape[0], outputs.shape[1], outputs.shape[2]);
        var lengths = labels.ne(0).sum(1); // (batch,)
        var steps = full([batch], time, dtype: int64, device: outputs.device);
        // libtorch reads past the end for a label that is no class; such a sample's loss is no number.
        var wrong = labels.lt(0).logical_or(labels.ge(classes)).any(1);
        var logarithms = outputs.log_softmax(-1).transpose(0, 1); // (time, batch, classes)
        var values = nn.functional.ctc_loss(logarithms, labels.clamp(0, classes - 1), steps, lengths, 0, zero_infinity: true, reduction: nn.Reduction.None);
        var impossible = Needed(labels, lengths).gt(time);
        return values.masked_fill(impossible, Impossible).masked_fill(wrong, double.NaN); // (batch,)
    }

    /// <summary>Steps that a label takes at least: its length, and a blank between equal neighbours.</summary>
    private static Tensor Needed(Tensor labels, Tensor lengths)
    {
        if (labels.shape[1] < 2)
            return lengths;
        var place = arange(1, labels.shape[1], device: labels.device);
        var repeated = labels.slice(1, 1, labels.shape[1], 1).eq(labels.slice(1, 0, labels.shape[1] - 1, 1)).logical_and(place.lt(lengths.unsqueeze(1)));
        return lengths + repeated.sum(1);
    }
}
