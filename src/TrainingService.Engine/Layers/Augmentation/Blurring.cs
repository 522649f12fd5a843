using TorchSharp;
using static TorchSharp.torch;

namespace TrainingService.Engine.Layers;

/// <summary>Blurs of images, one axis after the other; beyond the border they are 0.</summary>
internal static class Blurring
{
    /// <summary>Up to this length sums of moved images are faster than a product with a matrix.</summary>
    private const int Short = 9;

    /// <summary>Gaussian blur.</summary>
    /// <param name="images">(batch, height, width, channels).</param>
    /// <param name="width">Columns of the kernel, odd.</param>
    /// <param name="height">Its rows, odd.</param>
    /// <param name="sigma">Standard deviations across and down.</param>
    public static Tensor Gaussian(Tensor images, int width, int height, Tensor sigma) =>
        Along(Along(images, 2, Bell(width, sigma.select(0, 0))), 1, Bell(height, sigma.select(0, 1)));

    /// <summary>The sum of each pixel and its eight neighbours.</summary>
    /// <param name="images">(batch, height, width, channels).</param>
    public static Tensor Neighbourhood(Tensor images)
    {
        var same = ones(3, dtype: images.dtype, device: images.device);
        return Along(Along(images, 2, same), 1, same);
    }

    /// <param name="images">(batch, height, width, channels).</param>
    /// <param name="axis">1 or 2.</param>
    /// <param name="kernel">An odd number of weights.</param>
    private static Tensor Along(Tensor images, int axis, Tensor kernel)
    {
        var (length, size) = (kernel.shape[0], images.shape[axis]);
        var weights = kernel.to(images.dtype);
        if (length > Short)
            return axis == 1 ? einsum("bhwc,hn->bnwc", images, Band(weights, size)) : einsum("bhwc,wn->bhnc", images, Band(weights, size));
        var half = length / 2;
        var padded = nn.functional.pad(images, axis == 1 ? [0, 0, 0, 0, half, half] : [0, 0, half, half]);
        var sum = padded.narrow(axis, 0, size) * weights[0];
        for (var index = 1L; index < length; index++)
            sum = sum.addcmul_(padded.narrow(axis, index, size), weights[index], 1);
        return sum;
    }

    /// <summary>(size, size): the kernel around the diagonal.</summary>
    private static Tensor Band(Tensor kernel, long size)
    {
        var place = arange(size, dtype: int64, device: kernel.device);
        var offset = place.unsqueeze(1) - place + kernel.shape[0] / 2;
        var inside = offset.ge(0) & offset.less(kernel.shape[0]);
        return kernel.index_select(0, offset.clamp(0, kernel.shape[0] - 1).flatten()).view(size, size) * inside;
    }

    private static Tensor Bell(int length, Tensor sigma)
    {
        var place = arange(length, dtype: float32, device: sigma.device) - (length - 1) / 2.0;
        var bell = (place / sigma).square().mul(-0.5).exp();
        return bell / bell.sum();
    }
}
