using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Masks the steps of which every value is the mask value; they become 0.</summary>
/// <param name="MaskValue">Default: 0.</param>
/// <remarks>Input <c>(batch, time, …, features)</c> → the same shape, with a mask without the last axis.</remarks>
public sealed record Masking(double MaskValue = 0.0) : LayerSpec
{
    /// <inheritdoc />
    public override Shape OutputShape(Shape input) =>
        input.Rank >= 2 ? input : throw new SpecException($"expected at least 2 axes (batch, …, features). Received: {input}.");
}
