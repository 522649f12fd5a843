using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>One value per window and channel.</summary>
public abstract record Pooling : ImageLayer
{
    /// <summary>Pooling over so many spatial axes.</summary>
    protected Pooling(int spatialAxes, Sizes poolSize) : base(spatialAxes) => PoolSize = poolSize;

    /// <summary>The window: one number or one per spatial axis.</summary>
    [Range(1, 65_536)]
    public Sizes PoolSize { get; init; }

    /// <summary>Step of the window. Default: the pool size.</summary>
    [Range(1, 65_536)]
    public Sizes? Strides { get; init; }

    /// <summary>How the window meets the border. Default: valid.</summary>
    public Padding Padding { get; init; }

    /// <summary>The step of the window, its default filled in.</summary>
    public Sizes Step => Strides ?? PoolSize;

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { Strides = Step };

    /// <inheritdoc />
    public override void CheckFields()
    {
        if (Padding == Padding.Causal)
            throw new SpecException("padding \"causal\" is Conv1D's alone. Received: causal.", "padding");
    }

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        var (space, channels) = Split(input);
        return Join(input[0], space.Select((size, axis) => Windows.Steps(size, PoolSize[axis], Step[axis], Padding)), channels);
    }
}

/// <summary>The largest value of each window.</summary>
public abstract record MaxPooling : Pooling
{
    /// <summary>Pooling over so many spatial axes; windows of 2.</summary>
    protected MaxPooling(int spatialAxes) : base(spatialAxes, Sizes.Same(spatialAxes, 2))
    {
    }
}

/// <summary>The mean value of each window; padding is left out of the mean.</summary>
public abstract record AveragePooling : Pooling
{
    /// <summary>Pooling over so many spatial axes.</summary>
    protected AveragePooling(int spatialAxes, Sizes poolSize) : base(spatialAxes, poolSize)
    {
    }
}

/// <summary>The largest value of each window. The window is 2 by default.</summary>
/// <remarks>Input <c>(batch, steps, channels)</c> → output <c>(batch, steps', channels)</c>.</remarks>
public sealed record MaxPooling1D() : MaxPooling(1);

/// <summary>The largest value of each window. The window is (2, 2) by default.</summary>
/// <remarks>Input <c>(batch, height, width, channels)</c> → output <c>(batch, height', width', channels)</c>.</remarks>
public sealed record MaxPooling2D() : MaxPooling(2);

/// <summary>The largest value of each window. The window is (2, 2, 2) by default.</summary>
/// <remarks>Input <c>(batch, depth, height, width, channels)</c> → output <c>(batch, depth', height', width', channels)</c>.</remarks>
public sealed record MaxPooling3D() : MaxPooling(3);

/// <summary>The mean value of each window; padding is left out of the mean.</summary>
/// <param name="PoolSize">Length of the window.</param>
/// <remarks>Input <c>(batch, steps, channels)</c> → output <c>(batch, steps', channels)</c>.</remarks>
public sealed record AveragePooling1D([Range(1, 65_536)] Sizes PoolSize) : AveragePooling(1, PoolSize);

/// <summary>The mean value of each window; padding is left out of the mean.</summary>
/// <param name="PoolSize">Window, one number or (height, width).</param>
/// <remarks>Input <c>(batch, height, width, channels)</c> → output <c>(batch, height', width', channels)</c>.</remarks>
public sealed record AveragePooling2D([Range(1, 65_536)] Sizes PoolSize) : AveragePooling(2, PoolSize);

/// <summary>The mean value of each window; padding is left out of the mean.</summary>
/// <param name="PoolSize">Window, one number or (depth, height, width).</param>
/// <remarks>Input <c>(batch, depth, height, width, channels)</c> → output <c>(batch, depth', height', width', channels)</c>.</remarks>
public sealed record AveragePooling3D([Range(1, 65_536)] Sizes PoolSize) : AveragePooling(3, PoolSize);
