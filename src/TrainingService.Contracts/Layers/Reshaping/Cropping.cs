using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Cuts off the borders of the spatial axes.</summary>
public abstract record CroppingLayer : SpatialLayer
{
    /// <summary>Cropping over so many spatial axes.</summary>
    protected CroppingLayer(int spatialAxes, int cropping) : base(spatialAxes) => Cropping = Borders.Same(spatialAxes, cropping);

    /// <summary>What is cut at both ends of every axis: one number, one per axis, or a pair per axis. Default: 1 for one axis, else 0.</summary>
    [Range(0, int.MaxValue)]
    public Borders Cropping { get; init; }

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        var (space, channels) = Split(input);
        return Join(input[0], space.Zip(Cropping, (size, border) => Rest(size, border)), channels);
    }

    private static long? Rest(long? size, Border border) =>
        size is not { } known ? null
        : known - border.Before - border.After is > 0 and var rest ? rest
        : throw new SpecException($"expected to cut less than the axis has, {known}. Received: {border}.", "cropping");
}

/// <summary>Cuts off the ends of a sequence.</summary>
/// <remarks>Input <c>(batch, steps, channels)</c> → output <c>(batch, steps', channels)</c>.</remarks>
public sealed record Cropping1D() : CroppingLayer(1, 1);

/// <summary>Cuts off the borders of images.</summary>
/// <param name="DataFormat">Where the channels are. Default: channels_last.</param>
/// <remarks>Input <c>(batch, height, width, channels)</c> → output <c>(batch, height', width', channels)</c>.</remarks>
public sealed record Cropping2D(DataFormat DataFormat = DataFormat.ChannelsLast) : CroppingLayer(2, 0)
{
    /// <inheritdoc />
    public override DataFormat Format => DataFormat;
}

/// <summary>Cuts off the borders of volumes.</summary>
/// <param name="DataFormat">Where the channels are. Default: channels_last.</param>
/// <remarks>Input <c>(batch, depth, height, width, channels)</c> → output <c>(batch, depth', height', width', channels)</c>.</remarks>
public sealed record Cropping3D(DataFormat DataFormat = DataFormat.ChannelsLast) : CroppingLayer(3, 1)
{
    /// <inheritdoc />
    public override DataFormat Format => DataFormat;
}
