using TorchSharp;
using TrainingService.Contracts.Layers;
using Padding = TrainingService.Contracts.Layers.Padding;

namespace TrainingService.Engine.Layers;

/// <summary>
/// Batches with spatial axes as libtorch takes them: channels first, and at least two spatial axes (a sequence is an image of height 1).
/// For channels_last all of it is views: the memory stays as it is, and libtorch calls it channels_last too.
/// </summary>
internal static class Space
{
    /// <summary>(batch, channels, space…) of a layer's input.</summary>
    public static torch.Tensor Open(torch.Tensor x, DataFormat format)
    {
        if (x.dim() == 3)
            x = x.unsqueeze(format == DataFormat.ChannelsLast ? 1 : 2);
        return format == DataFormat.ChannelsFirst ? x : x.dim() == 4 ? x.permute(0, 3, 1, 2) : x.permute(0, 4, 1, 2, 3);
    }

    /// <summary>Back to the layer's axes.</summary>
    public static torch.Tensor Close(torch.Tensor y, DataFormat format, int spatialAxes)
    {
        if (format == DataFormat.ChannelsLast)
            y = y.dim() == 4 ? y.permute(0, 2, 3, 1) : y.permute(0, 2, 3, 4, 1);
        return spatialAxes == 1 ? y.squeeze(format == DataFormat.ChannelsLast ? 1 : 2) : y;
    }

    /// <summary>One number per spatial axis, as libtorch takes them.</summary>
    /// <param name="sizes">The layer's.</param>
    /// <param name="added">For the height of a sequence.</param>
    public static long[] Sizes(IReadOnlyList<int> sizes, long added = 1) => sizes.Count == 1 ? [added, sizes[0]] : [.. sizes.Select(size => (long)size)];

    /// <summary>A kernel in Keras's layout, (window…, a, b), as (window with a height…, a, b).</summary>
    public static torch.Tensor Kernel(torch.Tensor kernel) => kernel.dim() == 3 ? kernel.unsqueeze(0) : kernel;

    /// <summary>Order in memory of a kernel (window…, a, b) so that (b, a, window…) is channels_last: (b, window…, a).</summary>
    public static int[] OutputsFirst(int spatialAxes) => [spatialAxes + 1, .. Enumerable.Range(0, spatialAxes + 1)];

    /// <summary>Order in memory of a kernel (window…, a, b) so that (a, b, window…) is contiguous: (a, b, window…).</summary>
    public static int[] ChannelsFirst(int spatialAxes) => [spatialAxes, spatialAxes + 1, .. Enumerable.Range(0, spatialAxes)];

    /// <summary>The kernel (window…, a, b) as libtorch takes it, (b, a, window…): a view.</summary>
    public static torch.Tensor Swap(torch.Tensor kernel) => kernel.dim() == 4 ? kernel.permute(3, 2, 0, 1) : kernel.permute(4, 3, 0, 1, 2);

    /// <summary>
    /// The border for padding "same" or "causal". One that is equal on both sides is left to the operation (the returned padding); an
    /// uneven one is added here.
    /// </summary>
    /// <param name="x">(batch, channels, space…).</param>
    /// <param name="padding">Which padding.</param>
    /// <param name="window">Window.</param>
    /// <param name="step">Its step.</param>
    /// <param name="dilation">Spacing inside the window.</param>
    /// <param name="value">What the border is filled with; the operation's own border must have the same effect.</param>
    public static (torch.Tensor Padded, long[] Padding) Pad(torch.Tensor x, Padding padding, long[] window, long[] step, long[] dilation, double value)
    {
        var none = new long[window.Length];
        if (padding == Padding.Valid)
            return (x, none);
        if (padding == Padding.Causal)
            return (torch.nn.functional.pad(x, [(window[^1] - 1) * dilation[^1], 0], PaddingModes.Constant, value), none);
        var border = new (long Before, long After)[window.Length];
        for (var axis = 0; axis < window.Length; axis++)
            border[axis] = Windows.SamePadding(x.size(axis + 2), (int)window[axis], (int)step[axis], (int)dilation[axis]);
        return border.All(each => each.Before == each.After)
            ? (x, [.. border.Select(each => each.Before)])
            : (torch.nn.functional.pad(x, Borders(border), PaddingModes.Constant, value), none);
    }

    /// <summary>As libtorch's pad takes them: from the last axis, before and after.</summary>
    public static long[] Borders(IReadOnlyList<(long Before, long After)> border) => [.. border.Reverse().SelectMany(each => new[] { each.Before, each.After })];

    /// <summary>A convolution over two or three axes.</summary>
    public static torch.Tensor Convolve(torch.Tensor x, torch.Tensor kernel, torch.Tensor? bias, long[] strides, long[] padding, long[] dilation, long groups) =>
        x.dim() == 4
            ? torch.nn.functional.conv2d(x, kernel, bias, strides, padding, dilation, groups)
            : torch.nn.functional.conv3d(x, kernel, bias, strides, padding, dilation, groups);
}
