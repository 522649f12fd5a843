using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>How a window meets the border.</summary>
public enum Padding
{
    /// <summary>Only whole windows.</summary>
    Valid,

    /// <summary>The output has ceil(input / stride) steps; the smaller half of the padding comes first.</summary>
    Same,
}

/// <summary>Where the channels are.</summary>
public enum DataFormat
{
    /// <summary>(batch, height, width, channels).</summary>
    ChannelsLast,

    /// <summary>(batch, channels, height, width).</summary>
    ChannelsFirst,
}

/// <summary>A size in two directions; one number on the wire means both.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct Size2D(int Height, int Width)
{
    /// <summary>The same size in both directions.</summary>
    public static Size2D Square(int size) => new(size, size);

    /// <inheritdoc />
    public override string ToString() => $"({Height}, {Width})";
}

/// <summary>The arithmetic of windows, as Keras does it.</summary>
public static class Windows
{
    /// <summary>Steps that a window makes over an axis; null stays unknown.</summary>
    /// <exception cref="SpecException">No whole window fits.</exception>
    public static long? Steps(long? input, int window, int stride, Padding padding, int dilation = 1)
    {
        if (input is not { } size)
            return null;
        var reach = ((long)window - 1) * dilation + 1;
        if (padding == Padding.Same)
            return (size + stride - 1) / stride;
        return size >= reach
            ? (size - reach) / stride + 1
            : throw new SpecException($"expected an input of at least {reach} along every window axis with padding \"valid\". Received: {size}.");
    }

    /// <summary>Zeros before and after an axis for padding "same": the smaller half first, as Keras (and TensorFlow) split it.</summary>
    public static (long Before, long After) SamePadding(long input, int window, int stride, int dilation = 1)
    {
        var reach = ((long)window - 1) * dilation + 1;
        var total = Math.Max(0, ((input + stride - 1) / stride - 1) * stride + reach - input);
        return (total / 2, total - total / 2);
    }

    /// <summary>Checks that the input has four axes and returns its (height, width, channels).</summary>
    /// <exception cref="SpecException">Another number of axes.</exception>
    public static (long? Height, long? Width, long? Channels) Image(Shape input, DataFormat format) =>
        input.Rank != 4
            ? throw new SpecException($"expected 4 axes (batch, height, width, channels). Received: {input}.")
            : format == DataFormat.ChannelsLast ? (input[1], input[2], input[3]) : (input[2], input[3], input[1]);

    /// <summary>The shape of an image batch in the given format.</summary>
    public static Shape ImageShape(long? batch, long? height, long? width, long? channels, DataFormat format) =>
        format == DataFormat.ChannelsLast ? new Shape(batch, height, width, channels) : new Shape(batch, channels, height, width);
}
