using TorchSharp;
using static TorchSharp.torch;

namespace TrainingService.Engine.Layers;

/// <summary>
/// A convolution of few channels as one matrix product: every window is a row. libtorch's own is as fast forward, but its gradient of such
/// a kernel in float32 runs far from the machine's limit, and a model's first layer needs no other gradient.
/// </summary>
internal static class WindowRows
{
    /// <summary>More columns than this, and the copies of the windows cost more than the gradient saves.</summary>
    private const long MostColumns = 32;

    /// <summary>Whether this way is the faster one.</summary>
    /// <param name="x">(batch, channels, height, width), its border added.</param>
    /// <param name="kernel">(filters, channels, height, width).</param>
    /// <param name="groups">Groups of channels.</param>
    public static bool Suits(Tensor x, Tensor kernel, long groups) =>
        groups == 1 && x.dim() == 4 && kernel.requires_grad && !x.requires_grad && x.dtype == float32 && x.device_type == DeviceType.CPU
        && kernel.size(1) * kernel.size(2) * kernel.size(3) <= MostColumns && is_grad_enabled();

    /// <summary>The convolution.</summary>
    /// <param name="x">(batch, channels, height, width), its border added.</param>
    /// <param name="kernel">(filters, channels, height, width).</param>
    /// <param name="bias">(filters), or null.</param>
    /// <param name="step">Step of the window.</param>
    /// <param name="dilation">Spacing inside the window.</param>
    /// <returns>(batch, filters, height', width'), channels_last.</returns>
    public static Tensor Convolve(Tensor x, Tensor kernel, Tensor? bias, long[] step, long[] dilation)
    {
        var images = x.permute(0, 2, 3, 1).contiguous(); // (batch, height, width, channels)
        var (batch, height, width, channels) = (images.size(0), images.size(1), images.size(2), images.size(3));
        var (filters, down, across) = (kernel.size(0), kernel.size(2), kernel.size(3));
        var rows = (height - dilation[0] * (down - 1) - 1) / step[0] + 1;
        var columns = (width - dilation[1] * (across - 1) - 1) / step[1] + 1;
        var line = width * channels;
        var windows = images
            .as_strided(
                [batch, rows, columns, down, across, channels],
                [height * line, step[0] * line, step[1] * channels, dilation[0] * line, dilation[1] * channels, 1])
            .reshape(batch * rows * columns, down * across * channels);
        var weights = kernel.permute(0, 2, 3, 1).reshape(filters, -1); // a view: the kernel lies so in memory
        return nn.functional.linear(windows, weights, bias).view(batch, rows, columns, filters).permute(0, 3, 1, 2);
    }
}
