using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>One value per channel.</summary>
public abstract record GlobalPooling : ImageLayer
{
    /// <summary>Pooling over so many spatial axes.</summary>
    protected GlobalPooling(int spatialAxes) : base(spatialAxes)
    {
    }

    /// <summary>Whether the spatial axes stay, with size 1. Default: false.</summary>
    public bool Keepdims { get; init; }

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        var (space, channels) = Split(input);
        return Join(input[0], Keepdims ? space.Select(_ => (long?)1) : [], channels);
    }
}

/// <summary>The largest value of each channel.</summary>
public abstract record GlobalMaxPooling : GlobalPooling
{
    /// <summary>Pooling over so many spatial axes.</summary>
    protected GlobalMaxPooling(int spatialAxes) : base(spatialAxes)
    {
    }
}

/// <summary>The mean value of each channel.</summary>
public abstract record GlobalAveragePooling : GlobalPooling
{
    /// <summary>Pooling over so many spatial axes.</summary>
    protected GlobalAveragePooling(int spatialAxes) : base(spatialAxes)
    {
    }
}

/// <summary>The largest value of each channel.</summary>
/// <remarks>Input <c>(batch, steps, channels)</c> → output <c>(batch, channels)</c>.</remarks>
public sealed record GlobalMaxPooling1D() : GlobalMaxPooling(1);

/// <summary>The largest value of each channel.</summary>
/// <remarks>Input <c>(batch, height, width, channels)</c> → output <c>(batch, channels)</c>.</remarks>
public sealed record GlobalMaxPooling2D() : GlobalMaxPooling(2);

/// <summary>The largest value of each channel.</summary>
/// <remarks>Input <c>(batch, depth, height, width, channels)</c> → output <c>(batch, channels)</c>.</remarks>
public sealed record GlobalMaxPooling3D() : GlobalMaxPooling(3);

/// <summary>The mean value of each channel; steps that the input's mask leaves out do not count.</summary>
/// <remarks>Input <c>(batch, steps, channels)</c> → output <c>(batch, channels)</c>.</remarks>
public sealed record GlobalAveragePooling1D() : GlobalAveragePooling(1)
{
    /// <inheritdoc />
    public override IReadOnlyList<string> CallParameters => LayerCalls.WithMask;
}

/// <summary>The mean value of each channel.</summary>
/// <remarks>Input <c>(batch, height, width, channels)</c> → output <c>(batch, channels)</c>.</remarks>
public sealed record GlobalAveragePooling2D() : GlobalAveragePooling(2);

/// <summary>The mean value of each channel.</summary>
/// <remarks>Input <c>(batch, depth, height, width, channels)</c> → output <c>(batch, channels)</c>.</remarks>
public sealed record GlobalAveragePooling3D() : GlobalAveragePooling(3);
