using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Losses;

/// <summary>
/// Connectionist temporal classification: <c>-log</c> of the probability of every alignment that reads as the label.
/// Graves et al., Connectionist Temporal Classification (2006).
/// </summary>
/// <remarks>Labels <c>(batch, length)</c> are class numbers padded with 0, which is the blank; outputs <c>(batch, time, classes)</c> are logits.</remarks>
public sealed record CTC : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        if (labels.Rank != 2 || output.Rank != 3)
            throw new SpecException($"ctc expects labels (batch, length) and logits (batch, time, classes). Received: labels {labels}, outputs {output}.");
    }
}
