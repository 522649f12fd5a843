using TorchSharp;
using TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Views and borders of image batches.</summary>
internal static class Images
{
    /// <summary>The axes as libtorch names them, (batch, channels, height, width); for channels_last a view whose memory stays as it is.</summary>
    public static torch.Tensor ChannelsFirst(torch.Tensor x, DataFormat format) => format == DataFormat.ChannelsLast ? x.permute(0, 3, 1, 2) : x;

    /// <summary>Back to the layer's own axis order.</summary>
    public static torch.Tensor Restore(torch.Tensor y, DataFormat format) => format == DataFormat.ChannelsLast ? y.permute(0, 2, 3, 1) : y;

    /// <summary>
    /// Padding "same". A border that is equal on both sides is left to the operation (the returned padding); an uneven one is added here.
    /// </summary>
    /// <param name="images">(batch, channels, height, width).</param>
    /// <param name="window">Window.</param>
    /// <param name="step">Its step.</param>
    /// <param name="dilation">Spacing inside the window.</param>
    /// <param name="value">What the border is filled with; the operation's own border must have the same effect.</param>
    public static (torch.Tensor Images, long[] Padding) PadSame(torch.Tensor images, Size2D window, Size2D step, Size2D dilation, double value)
    {
        var (top, bottom) = Windows.SamePadding(images.shape[2], window.Height, step.Height, dilation.Height);
        var (left, right) = Windows.SamePadding(images.shape[3], window.Width, step.Width, dilation.Width);
        return top == bottom && left == right
            ? (images, [top, left])
            : (torch.nn.functional.pad(images, (left, right, top, bottom), PaddingModes.Constant, value), [0, 0]);
    }
}
