using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>The mean value of each window; padding is left out of the mean.</summary>
/// <param name="PoolSize">Window, one number or (height, width). Default: 2.</param>
/// <param name="Strides">Step of the window. Default: the pool size.</param>
/// <param name="Padding">Default: valid.</param>
/// <param name="DataFormat">Default: channels_last.</param>
/// <remarks>Input <c>(batch, height, width, channels)</c> → output <c>(batch, height', width', channels)</c>.</remarks>
public sealed record AveragePooling2D(
    [Range(1, 65_536)] Size2D? PoolSize = null,
    [Range(1, 65_536)] Size2D? Strides = null,
    Padding Padding = Padding.Valid,
    DataFormat DataFormat = DataFormat.ChannelsLast) : LayerSpec
{
    /// <summary>The window, its default filled in.</summary>
    public Size2D Window => PoolSize ?? Size2D.Square(2);

    /// <summary>The step of the window, its default filled in.</summary>
    public Size2D Step => Strides ?? Window;

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { PoolSize = Window, Strides = Step };

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        var (height, width, channels) = Windows.Image(input, DataFormat);
        return Windows.ImageShape(
            input[0],
            Windows.Steps(height, Window.Height, Step.Height, Padding),
            Windows.Steps(width, Window.Width, Step.Width, Padding),
            channels, DataFormat);
    }
}
