using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>A sequence in which every step comes several times.</summary>
/// <param name="Size">How often.</param>
/// <remarks>Input <c>(batch, steps, channels)</c> → output <c>(batch, steps · size, channels)</c>.</remarks>
public sealed record UpSampling1D([Range(1, 65_536)] int Size = 2) : SpatialLayer(1)
{
    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        var (space, channels) = Split(input);
        return Join(input[0], [space[0] * Size], channels);
    }
}

/// <summary>Images or volumes made larger by whole factors.</summary>
public abstract record UpSamplingLayer : ImageLayer
{
    /// <summary>Upsampling over so many spatial axes.</summary>
    protected UpSamplingLayer(int spatialAxes) : base(spatialAxes) => Size = Sizes.Same(spatialAxes, 2);

    /// <summary>The factors: one number or one per spatial axis. Default: 2.</summary>
    [Range(1, 65_536)]
    public Sizes Size { get; init; }

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        var (space, channels) = Split(input);
        return Join(input[0], space.Zip(Size, (size, factor) => size * factor), channels);
    }
}

/// <summary>Images made larger by whole factors.</summary>
/// <param name="Interpolation">How values between pixels are found. Default: nearest.</param>
/// <remarks>Input <c>(batch, height, width, channels)</c> → output <c>(batch, height', width', channels)</c>.</remarks>
public sealed record UpSampling2D(ResizeInterpolation Interpolation = ResizeInterpolation.Nearest) : UpSamplingLayer(2);

/// <summary>Volumes made larger by repeating every value.</summary>
/// <remarks>Input <c>(batch, depth, height, width, channels)</c> → output <c>(batch, depth', height', width', channels)</c>.</remarks>
public sealed record UpSampling3D() : UpSamplingLayer(3);
