using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Zeros around the spatial axes.</summary>
public abstract record ZeroPaddingLayer : ImageLayer
{
    /// <summary>Padding over so many spatial axes.</summary>
    protected ZeroPaddingLayer(int spatialAxes) : base(spatialAxes) => Padding = Borders.Same(spatialAxes, 1);

    /// <summary>What is added at both ends of every axis: one number, one per axis, or a pair per axis. Default: 1.</summary>
    [Range(0, int.MaxValue)]
    public Borders Padding { get; init; }

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        var (space, channels) = Split(input);
        return Join(input[0], space.Zip(Padding, (size, border) => size + border.Before + border.After), channels);
    }
}

/// <summary>Zeros before and after a sequence.</summary>
/// <remarks>Input <c>(batch, steps, channels)</c> → output <c>(batch, steps', channels)</c>.</remarks>
public sealed record ZeroPadding1D() : ZeroPaddingLayer(1);

/// <summary>Zeros around images.</summary>
/// <remarks>Input <c>(batch, height, width, channels)</c> → output <c>(batch, height', width', channels)</c>.</remarks>
public sealed record ZeroPadding2D() : ZeroPaddingLayer(2);

/// <summary>Zeros around volumes.</summary>
/// <remarks>Input <c>(batch, depth, height, width, channels)</c> → output <c>(batch, depth', height', width', channels)</c>.</remarks>
public sealed record ZeroPadding3D() : ZeroPaddingLayer(3);
