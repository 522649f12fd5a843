using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>The axes in another order.</summary>
/// <param name="Dims">The order: the input's axes, counted from 1 after the batch axis.</param>
/// <remarks>Input <c>(batch, a, b)</c> → output <c>(batch, b, a)</c> for <c>[2, 1]</c>.</remarks>
public sealed record Permute([Range(1, 15)] Sizes Dims) : LayerSpec
{
    /// <inheritdoc />
    public override void CheckFields()
    {
        if (!Dims.Order().SequenceEqual(Enumerable.Range(1, Dims.Count)))
            throw new SpecException($"expected every axis from 1 to {Dims.Count} once. Received: {Dims}.", "dims");
    }

    /// <inheritdoc />
    public override Shape OutputShape(Shape input) =>
        input.Rank == Dims.Count + 1
            ? new Shape([input[0], .. Dims.Select(axis => input[axis])])
            : throw new SpecException($"expected {Dims.Count + 1} axes, the batch axis and those of dims. Received: {input}.", "dims");
}
