using TorchSharp;
using TrainingService.Contracts.Layers;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>While training, moves the corners of some images.</summary>
public sealed class RandomPerspective(Specs.RandomPerspective spec, LayerContext context) : ImageLayer(spec, context, spec.Seed)
{
    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        var chosen = draws.Chosen(spec.Chance, size.Batch);
        var moves = draws.Uniform((-0.5 * spec.Scale, 0.5 * spec.Scale), size.Batch, 4, 2);
        var (right, bottom) = (size.Width - 1.0, size.Height - 1.0);
        var start = tensor(new[] { 0, 0, right, 0, 0, bottom, right, bottom }, [1, 4, 2], device: moves.device).expand(size.Batch, 4, 2);
        var end = where(chosen.view(-1, 1, 1), start * (1 + moves), start);
        var matrix = Homography(start, end); // (batch, 8): where the pixels of the result are read
        return ImageTransform.OfPixels(Move, spec.Interpolation) with
        {
            Boxes = boxes => MoveBoxes(boxes, size, corners => where(chosen.view(-1, 1, 1), Corners(corners, matrix), corners)),
        };

        Tensor Move(Tensor images, SampleInterpolation interpolation)
        {
            var (y, x) = Sampling.Grid(images);
            var m = matrix.view(-1, 8, 1, 1).unbind(1);
            var depth = m[6] * x + m[7] * y + 1;
            var moved = Sampling.Read(
                images, (m[3] * x + m[4] * y + m[5]) / depth, (m[0] * x + m[1] * y + m[2]) / depth, interpolation, FillMode.Constant, spec.FillValue);
            return where(chosen.view(-1, 1, 1, 1), moved, images);
        }
    }

    /// <summary>The projective map that takes the end points to the start points, (batch, 8), in double precision.</summary>
    private static Tensor Homography(Tensor start, Tensor end)
    {
        var (x, y) = (end.to(float64).select(2, 0), end.to(float64).select(2, 1)); // (batch, 4)
        var (u, v) = (start.to(float64).select(2, 0), start.to(float64).select(2, 1));
        var (one, zero) = (ones_like(x), zeros_like(x));
        var first = stack([x, y, one, zero, zero, zero, -u * x, -u * y], -1);
        var second = stack([zero, zero, zero, x, y, one, -v * x, -v * y], -1);
        var target = cat([u, v], 1).unsqueeze(-1);
        return linalg.solve(cat([first, second], 1), target).squeeze(-1);
    }

    /// <summary>The frame around the moved corners of each box.</summary>
    private static Tensor Corners(Tensor corners, Tensor matrix)
    {
        var square = cat([matrix, ones(matrix.shape[0], 1, dtype: float64, device: matrix.device)], 1).view(-1, 3, 3);
        var (x1, y1, x2, y2) = Layers.Boxes.Split(corners.to(float64));
        var xs = cat([x1, x2, x1, x2], -1);
        var points = stack([xs, cat([y1, y2, y2, y1], -1), ones_like(xs)], -1);
        var moved = einsum("bij,bnkj->bnki", linalg.inv(square), points); // (batch, boxes, corners, 3)
        var flat = moved.narrow(-1, 0, 2) / moved.narrow(-1, 2, 1);
        return cat([flat.amin([2L]), flat.amax([2L])], -1).to(corners.dtype);
    }
}

/// <summary>While training, distorts some images by a smooth random field.</summary>
public sealed class RandomElasticTransform(Specs.RandomElasticTransform spec, LayerContext context) : ImageLayer(spec, context, spec.Seed)
{
    private readonly ValueRange _range = spec.ValueRange ?? ValueRange.Bytes;

    /// <inheritdoc />
    protected internal override ImageTransform? Draw(ImageSize size, Draws draws)
    {
        if (spec.Scales.Upper == 0 || spec.Chance.Upper == 0)
            return null;
        var chosen = draws.Chosen(spec.Chance, size.Batch).view(-1, 1, 1, 1);
        var strength = draws.Number(spec.Scales);
        var alpha = Math.Max(size.Height, size.Width) * 0.1 * strength;
        var sigma = Math.Max(Math.Min(size.Height, size.Width) * 0.05 * strength, 1e-6);
        var (right, down) = (Field(), Field());
        return ImageTransform.OfPixels(
            (images, interpolation) =>
            {
                var (y, x) = Sampling.Grid(images);
                var moved = Sampling.Read(images, y + down, x + right, interpolation, spec.FillMode, spec.FillValue);
                return where(chosen, moved, images).clamp(_range.First, _range.Second);
            }, spec.Interpolation);

        // (batch, height, width): how far each pixel's place is moved.
        Tensor Field()
        {
            var length = (int)(6 * sigma) | 1;
            var noise = draws.Normal(size.Batch, size.Height, size.Width, 1) * sigma;
            var widths = full(2, sigma, device: noise.device);
            return (Blurring.Gaussian(noise, length, length, widths) * alpha).squeeze(-1).to(float64);
        }
    }
}

/// <summary>Blurs of images; beyond the border they are 0.</summary>
internal static class Blurring
{
    /// <summary>Gaussian blur.</summary>
    /// <param name="images">(batch, height, width, channels).</param>
    /// <param name="width">Columns of the kernel, odd.</param>
    /// <param name="height">Its rows, odd.</param>
    /// <param name="sigma">Standard deviations across and down.</param>
    public static Tensor Gaussian(Tensor images, int width, int height, Tensor sigma)
    {
        var across = Bell(width, sigma.narrow(0, 0, 1)).view(1, 1, 1, -1);
        var down = Bell(height, sigma.narrow(0, 1, 1)).view(1, 1, -1, 1);
        return Each(Each(images, across), down);
    }

    /// <summary>One kernel on every channel.</summary>
    /// <param name="images">(batch, height, width, channels).</param>
    /// <param name="kernel">(1, 1, rows, columns), both odd.</param>
    public static Tensor Each(Tensor images, Tensor kernel)
    {
        var (batch, height, width, channels) = (images.shape[0], images.shape[1], images.shape[2], images.shape[3]);
        var planes = images.permute(0, 3, 1, 2).reshape(batch * channels, 1, height, width);
        var blurred = nn.functional.conv2d(planes, kernel.to(planes.dtype), padding: [kernel.shape[2] / 2, kernel.shape[3] / 2]);
        return blurred.reshape(batch, channels, height, width).permute(0, 2, 3, 1);
    }

    private static Tensor Bell(int length, Tensor sigma)
    {
        var place = arange(length, dtype: float32, device: sigma.device) - (length - 1) / 2.0;
        var bell = (place / sigma).square().mul(-0.5).exp();
        return bell / bell.sum();
    }
}
