using TorchSharp;
using TrainingService.Contracts.Layers;
using static TorchSharp.torch;

namespace TrainingService.Engine.Layers;

/// <summary>Images of another size, one axis after the other: each pixel is a weighted sum of pixels.</summary>
internal static class ResizeKernels
{
    /// <summary>Resizes; images of whole numbers are rounded and stay within their extremes.</summary>
    /// <param name="images">(batch, height, width, channels).</param>
    /// <param name="height">Rows that come out.</param>
    /// <param name="width">Columns that come out.</param>
    /// <param name="interpolation">Which kernel.</param>
    /// <param name="antialias">Whether the kernel widens where the image gets smaller.</param>
    public static Tensor Resize(Tensor images, long height, long width, ResizeInterpolation interpolation, bool antialias)
    {
        if (interpolation == ResizeInterpolation.Nearest)
            return Pick(Pick(images, 1, height), 2, width);
        var floats = images.is_floating_point() ? images : images.to(float32);
        var resized = interpolation == ResizeInterpolation.Bilinear && !antialias
            ? Interpolate(floats, height, width)
            : Weigh(Weigh(floats, 1, height, interpolation, antialias), 2, width, interpolation, antialias);
        return images.is_floating_point() ? resized : resized.round().clamp(floats.min(), floats.max()).to(images.dtype);
    }

    /// <summary>The largest window in the middle that has the ratio of another size.</summary>
    public static (long Top, long Left, long Height, long Width) Window(long height, long width, long targetHeight, long targetWidth)
    {
        var rows = Math.Max(Math.Min(height, (long)((double)(width * targetHeight) / targetWidth)), 1);
        var columns = Math.Max(Math.Min(width, (long)((double)(height * targetWidth) / targetHeight)), 1);
        return ((height - rows) / 2, (width - columns) / 2, rows, columns);
    }

    /// <summary>The nearest pixel, in single precision as Keras computes its place.</summary>
    private static Tensor Pick(Tensor images, int axis, long size)
    {
        var from = images.shape[axis];
        if (from == size)
            return images;
        var places = Enumerable.Range(0, (int)size).Select(index => (long)MathF.Floor((index + 0.5f) * from / size)).ToArray();
        return images.index_select(axis, tensor(places, device: images.device));
    }

    /// <summary>Two pixels along each axis: libtorch's own, a matter of reading instead of multiplying.</summary>
    private static Tensor Interpolate(Tensor images, long height, long width) => images.shape[1] == height && images.shape[2] == width
        ? images
        : nn.functional.interpolate(images.permute(0, 3, 1, 2), [height, width], mode: InterpolationMode.Bilinear, align_corners: false).permute(0, 2, 3, 1);

    private static Tensor Weigh(Tensor images, int axis, long size, ResizeInterpolation interpolation, bool antialias)
    {
        var from = images.shape[axis];
        if (from == size)
            return images;
        var weights = tensor(Weights((int)from, (int)size, interpolation, antialias), [from, size], device: images.device).to(images.dtype);
        return axis == 1 ? einsum("bhwc,hn->bnwc", images, weights) : einsum("bhwc,wn->bhnc", images, weights);
    }

    /// <summary>(from, size), row-major: how much of each pixel goes into each.</summary>
    private static float[] Weights(int from, int size, ResizeInterpolation interpolation, bool antialias)
    {
        var weights = new float[from * size];
        var scale = (double)from / size;
        var widening = antialias ? Math.Max(scale, 1) : 1;
        var column = new double[from];
        for (var target = 0; target < size; target++)
        {
            var centre = (target + 0.5) * scale - 0.5;
            for (var source = 0; source < from; source++)
            {
                column[source] = interpolation == ResizeInterpolation.Area
                    ? Math.Max(0, Math.Min(source + 1, (target + 1) * scale) - Math.Max(source, target * scale))
                    : Kernel(interpolation, Math.Abs(centre - source) / widening);
            }
            var total = column.Sum();
            for (var source = 0; source < from && Math.Abs(total) > 1000 * 1.1920929e-7; source++)
                weights[source * size + target] = (float)(column[source] / total);
        }
        return weights;
    }

    private static double Kernel(ResizeInterpolation interpolation, double x) => interpolation switch
    {
        ResizeInterpolation.Bilinear => Math.Max(0, 1 - x),
        ResizeInterpolation.Bicubic => x >= 2 ? 0 : x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : (1.5 * x - 2.5) * x * x + 1,
        ResizeInterpolation.Lanczos3 => Lanczos(3, x),
        _ => Lanczos(5, x),
    };

    private static double Lanczos(double radius, double x) =>
        x > radius ? 0 : x > 1e-3 ? radius * Math.Sin(Math.PI * x) * Math.Sin(Math.PI * x / radius) / (Math.PI * Math.PI * x * x) : 1;
}
