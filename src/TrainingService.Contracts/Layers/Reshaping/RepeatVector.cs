using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>The input several times, along a new axis.</summary>
/// <param name="N">How often.</param>
/// <remarks>Input <c>(batch, features)</c> → output <c>(batch, n, features)</c>.</remarks>
public sealed record RepeatVector([Range(1, int.MaxValue)] int N) : LayerSpec
{
    /// <inheritdoc />
    public override Shape OutputShape(Shape input) =>
        input.Rank == 2 ? new Shape(input[0], N, input[1]) : throw new SpecException($"expected 2 axes (batch, features). Received: {input}.");
}
