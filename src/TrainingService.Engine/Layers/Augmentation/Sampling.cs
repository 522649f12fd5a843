using TorchSharp;
using TrainingService.Contracts.Layers;
using static TorchSharp.torch;

namespace TrainingService.Engine.Layers;

/// <summary>Images read at other places: the one kernel behind turning, moving, zooming, slanting, perspective and elastic distortion.</summary>
internal static class Sampling
{
    /// <summary>Coordinates past this are as far out as any.</summary>
    private const double Farthest = 1e9;

    /// <summary>Reads every image of a batch at its own places.</summary>
    /// <param name="images">(batch, height, width, channels).</param>
    /// <param name="y">Rows to read, (batch, height', width'), in double precision.</param>
    /// <param name="x">Columns to read.</param>
    /// <param name="interpolation">How values between pixels are made.</param>
    /// <param name="mode">What lies beyond the border.</param>
    /// <param name="fillValue">For the fill mode constant.</param>
    /// <returns>(batch, height', width', channels).</returns>
    public static Tensor Read(Tensor images, Tensor y, Tensor x, SampleInterpolation interpolation, FillMode mode, double fillValue)
    {
        var (batch, height, width, channels) = (images.shape[0], images.shape[1], images.shape[2], images.shape[3]);
        var floats = images.is_floating_point() ? images : images.to(float32);
        var pixels = floats.reshape(batch * height * width, channels);
        var first = arange(batch, dtype: int64, device: images.device).mul(height * width).view(-1, 1, 1);
        (y, x) = (Bounded(y), Bounded(x));
        if (interpolation == SampleInterpolation.Nearest)
            return Pixel(floor(y + 0.5), floor(x + 0.5)).to(images.dtype);
        var (top, left) = (floor(y), floor(x));
        var (down, right) = ((y - top).to(floats.dtype).unsqueeze(-1), (x - left).to(floats.dtype).unsqueeze(-1));
        var upper = Pixel(top, left).lerp(Pixel(top, left + 1), right);
        var lower = Pixel(top + 1, left).lerp(Pixel(top + 1, left + 1), right);
        return upper.lerp(lower, down);

        Tensor Pixel(Tensor row, Tensor column)
        {
            var (r, c) = (row.to(int64), column.to(int64));
            var index = first + Fold(r, height, mode) * width + Fold(c, width, mode);
            var values = pixels.index_select(0, index.flatten()).reshape([.. row.shape, channels]);
            if (mode != FillMode.Constant)
                return values;
            var inside = r.ge(0) & r.less(height) & c.ge(0) & c.less(width);
            return values.masked_fill(~inside.unsqueeze(-1), fillValue);
        }
    }

    /// <summary>Reads images at the places that an affine map gives for each pixel: <c>x' = a0·x + a1·y + a2</c>, <c>y' = b0·x + b1·y + b2</c>.</summary>
    /// <param name="images">(batch, height, width, channels).</param>
    /// <param name="matrix">(batch, 6): a0, a1, a2, b0, b1, b2.</param>
    /// <param name="interpolation">How values between pixels are made.</param>
    /// <param name="mode">What lies beyond the border.</param>
    /// <param name="fillValue">For the fill mode constant.</param>
    public static Tensor Affine(Tensor images, Tensor matrix, SampleInterpolation interpolation, FillMode mode, double fillValue)
    {
        var (y, x) = Grid(images);
        var m = matrix.to(float64).view(-1, 6, 1, 1).unbind(1); // six of (batch, 1, 1)
        return Read(images, m[3] * x + m[4] * y + m[5], m[0] * x + m[1] * y + m[2], interpolation, mode, fillValue);
    }

    /// <summary>Every pixel's row, (1, height, 1), and column, (1, 1, width).</summary>
    public static (Tensor Y, Tensor X) Grid(Tensor images) =>
        (arange(images.shape[1], dtype: float64, device: images.device).view(1, -1, 1), arange(images.shape[2], dtype: float64, device: images.device).view(1, 1, -1));

    /// <summary>Rows of an affine matrix, (batch, 6), from six columns of one number per image.</summary>
    public static Tensor Matrix(Tensor a0, Tensor a1, Tensor a2, Tensor b0, Tensor b1, Tensor b2) => stack([a0, a1, a2, b0, b1, b2], 1);

    private static Tensor Bounded(Tensor places) => places.nan_to_num(nan: -Farthest).clamp(-Farthest, Farthest);

    /// <summary>The place within an axis that a place beyond it stands for.</summary>
    private static Tensor Fold(Tensor place, long size, FillMode mode)
    {
        switch (mode)
        {
            case FillMode.Wrap:
                return place.remainder(size);
            case FillMode.Reflect:
                var twice = place.remainder(2 * size);
                return twice.minimum(2 * size - 1 - twice);
            case FillMode.Mirror when size > 1:
                var period = place.remainder(2 * size - 2);
                return period.minimum(2 * size - 2 - period);
            default:
                return place.clamp(0, size - 1);
        }
    }
}
