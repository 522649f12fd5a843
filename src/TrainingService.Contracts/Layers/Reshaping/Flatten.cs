using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>All axes but the batch's as one.</summary>
/// <param name="DataFormat">Order in which the axes are laid out; channels_first moves the channels last first. Default: channels_last.</param>
/// <remarks>Input <c>(batch, a, b, …)</c> → output <c>(batch, a·b·…)</c>.</remarks>
public sealed record Flatten(DataFormat DataFormat = DataFormat.ChannelsLast) : LayerSpec
{
    /// <inheritdoc />
    public override Shape OutputShape(Shape input) =>
        input.Rank > 0 ? new Shape(input[0], (long?)input.ElementsPerSample) : throw new SpecException("expected at least the batch axis. Received: a scalar.");
}
