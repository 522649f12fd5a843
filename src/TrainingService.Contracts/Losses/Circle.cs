using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Losses;

/// <summary>
/// Draws embeddings of one class together and those of different classes apart; the further a pair is from where it should be, the more it
/// counts. Sun et al., Circle Loss: A Unified Perspective of Pair Similarity Optimization (2020).
/// </summary>
/// <param name="Gamma">Scale, 0 or more. Default: 80.</param>
/// <param name="Margin">How far inside its place a pair must lie. Default: 0.4.</param>
/// <param name="RemoveDiagonal">Whether a sample is no pair with itself. Default: true.</param>
/// <remarks>Labels <c>(batch,)</c> or <c>(batch, 1)</c> are class numbers; outputs <c>(batch, size)</c> are embeddings of length one.</remarks>
public sealed record Circle(
    [Range(0.0, float.MaxValue)] double Gamma = 80.0, [Range(-float.MaxValue, float.MaxValue)] double Margin = 0.4, bool RemoveDiagonal = true) : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        if (output.Rank != 2 || !(labels.Rank == 1 || (labels.Rank == 2 && labels[-1] == 1)))
            throw new SpecException($"circle expects class numbers (batch,) or (batch, 1) and embeddings (batch, size). Received: labels {labels}, outputs {output}.");
    }
}
