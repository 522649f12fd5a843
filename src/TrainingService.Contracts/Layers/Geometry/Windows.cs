using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>How a window meets the border.</summary>
public enum Padding
{
    /// <summary>Only whole windows.</summary>
    Valid,

    /// <summary>The output has ceil(input / stride) steps; the smaller half of the padding comes first.</summary>
    Same,

    /// <summary>Zeros before the first step only, so that no step sees a later one; for Conv1D alone.</summary>
    Causal,
}

/// <summary>Where the channels are.</summary>
public enum DataFormat
{
    /// <summary>(batch, …, channels).</summary>
    ChannelsLast,

    /// <summary>(batch, channels, …).</summary>
    ChannelsFirst,
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
        if (padding != Padding.Valid)
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
}
