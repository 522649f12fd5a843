using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Pooling to an output of a given size: output step <c>i</c> of <c>n</c> covers the inputs from <c>⌊i·size/n⌋</c> to <c>⌈(i+1)·size/n⌉</c>.</summary>
public abstract record AdaptivePooling : ImageLayer
{
    /// <summary>Pooling over so many spatial axes.</summary>
    protected AdaptivePooling(int spatialAxes, Sizes outputSize) : base(spatialAxes) => OutputSize = outputSize;

    /// <summary>The output's sizes: one number or one per spatial axis.</summary>
    public Sizes OutputSize { get; init; }

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        var (_, channels) = Split(input);
        return Join(input[0], OutputSize.Select(size => (long?)size), channels);
    }
}

/// <summary>The largest value of each part.</summary>
public abstract record AdaptiveMaxPooling : AdaptivePooling
{
    /// <summary>Pooling over so many spatial axes.</summary>
    protected AdaptiveMaxPooling(int spatialAxes, Sizes outputSize) : base(spatialAxes, outputSize)
    {
    }
}

/// <summary>The mean value of each part.</summary>
public abstract record AdaptiveAveragePooling : AdaptivePooling
{
    /// <summary>Pooling over so many spatial axes.</summary>
    protected AdaptiveAveragePooling(int spatialAxes, Sizes outputSize) : base(spatialAxes, outputSize)
    {
    }
}

/// <summary>The largest value of each part of the input, for an output of a given size.</summary>
/// <param name="OutputSize">Steps of the output.</param>
/// <remarks>Input <c>(batch, steps, channels)</c> → output <c>(batch, output_size, channels)</c>.</remarks>
public sealed record AdaptiveMaxPooling1D([Range(1, 65_536)] Sizes OutputSize) : AdaptiveMaxPooling(1, OutputSize);

/// <summary>The largest value of each part of the input, for an output of a given size.</summary>
/// <param name="OutputSize">One number or (height, width).</param>
/// <remarks>Input <c>(batch, height, width, channels)</c> → output <c>(batch, height', width', channels)</c>.</remarks>
public sealed record AdaptiveMaxPooling2D([Range(1, 65_536)] Sizes OutputSize) : AdaptiveMaxPooling(2, OutputSize);

/// <summary>The largest value of each part of the input, for an output of a given size.</summary>
/// <param name="OutputSize">One number or (depth, height, width).</param>
/// <remarks>Input <c>(batch, depth, height, width, channels)</c> → output <c>(batch, depth', height', width', channels)</c>.</remarks>
public sealed record AdaptiveMaxPooling3D([Range(1, 65_536)] Sizes OutputSize) : AdaptiveMaxPooling(3, OutputSize);

/// <summary>The mean value of each part of the input, for an output of a given size.</summary>
/// <param name="OutputSize">Steps of the output.</param>
/// <remarks>Input <c>(batch, steps, channels)</c> → output <c>(batch, output_size, channels)</c>.</remarks>
public sealed record AdaptiveAveragePooling1D([Range(1, 65_536)] Sizes OutputSize) : AdaptiveAveragePooling(1, OutputSize);

/// <summary>The mean value of each part of the input, for an output of a given size.</summary>
/// <param name="OutputSize">One number or (height, width).</param>
/// <remarks>Input <c>(batch, height, width, channels)</c> → output <c>(batch, height', width', channels)</c>.</remarks>
public sealed record AdaptiveAveragePooling2D([Range(1, 65_536)] Sizes OutputSize) : AdaptiveAveragePooling(2, OutputSize);

/// <summary>The mean value of each part of the input, for an output of a given size.</summary>
/// <param name="OutputSize">One number or (depth, height, width).</param>
/// <remarks>Input <c>(batch, depth, height, width, channels)</c> → output <c>(batch, depth', height', width', channels)</c>.</remarks>
public sealed record AdaptiveAveragePooling3D([Range(1, 65_536)] Sizes OutputSize) : AdaptiveAveragePooling(3, OutputSize);
