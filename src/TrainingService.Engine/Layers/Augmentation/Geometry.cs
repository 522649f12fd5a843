using TorchSharp;
using TrainingService.Contracts.Layers;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>While training, mirrors images.</summary>
public sealed class RandomFlip(Specs.RandomFlip spec, LayerContext context) : ImageLayer(spec, context, spec.Seed)
{
    private readonly long[] _axes = spec.Mode switch
    {
        FlipMode.Horizontal => [2],
        FlipMode.Vertical => [1],
        _ => [1, 2],
    };

    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        var flips = draws.Uniform((0, 1), size.Batch).less_equal(0.5);
        return new(Flip) { Masks = Flip, Boxes = Move };

        Tensor Flip(Tensor images) => where(flips.view(-1, 1, 1, 1), images.flip(_axes), images);

        BoundingBoxes Move(BoundingBoxes boxes) => MoveBoxes(boxes, size, corners =>
        {
            var (x1, y1, x2, y2) = Layers.Boxes.Split(corners);
            if (_axes.Contains(2))
                (x1, x2) = (size.Width - x2, size.Width - x1);
            if (_axes.Contains(1))
                (y1, y2) = (size.Height - y2, size.Height - y1);
            return where(flips.view(-1, 1, 1), Layers.Boxes.Join(x1, y1, x2, y2), corners);
        });
    }
}

/// <summary>While training, turns images around their middle.</summary>
public sealed class RandomRotation(Specs.RandomRotation spec, LayerContext context)
    : AffineLayer(spec, context, spec.Seed, spec.Interpolation, spec.FillMode, spec.FillValue)
{
    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        var degrees = draws.Uniform((spec.Turns.Lower * 360, spec.Turns.Upper * 360), size.Batch);
        var angle = degrees * (Math.PI / 180);
        var (cos, sin) = (angle.cos(), angle.sin());
        var (cx, cy) = (0.5 * (size.Width - 1), 0.5 * (size.Height - 1));
        var matrix = Sampling.Matrix(cos, -sin, cx - cx * cos + cy * sin, sin, cos, cy - cx * sin - cy * cos);
        return Move(matrix, size, Turn);

        // The corners turn the other way than the places where pixels are read.
        Tensor Turn(Tensor corners)
        {
            var (x1, y1, x2, y2) = Layers.Boxes.Split(corners);
            var (xs, ys) = (cat([x1, x2, x2, x1], -1) - cx, cat([y1, y1, y2, y2], -1) - cy); // (batch, boxes, corners)
            var (c, s) = (cos.view(-1, 1, 1), sin.view(-1, 1, 1));
            return Layers.Boxes.Join(
                (c * xs + s * ys).amin([-1L], keepdim: true) + cx, (c * ys - s * xs).amin([-1L], keepdim: true) + cy,
                (c * xs + s * ys).amax([-1L], keepdim: true) + cx, (c * ys - s * xs).amax([-1L], keepdim: true) + cy);
        }
    }
}

/// <summary>While training, moves images.</summary>
public sealed class RandomTranslation(Specs.RandomTranslation spec, LayerContext context)
    : AffineLayer(spec, context, spec.Seed, spec.Interpolation, spec.FillMode, spec.FillValue)
{
    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        var down = draws.Uniform(spec.Heights, size.Batch) * size.Height;
        var right = draws.Uniform(spec.Widths, size.Batch) * size.Width;
        var (one, zero) = (ones_like(down), zeros_like(down));
        var matrix = Sampling.Matrix(one, zero, -right, zero, one, -down);
        return Move(matrix, size, corners => corners + stack([right, down, right, down], 1).unsqueeze(1));
    }
}

/// <summary>While training, zooms images around their middle.</summary>
public sealed class RandomZoom(Specs.RandomZoom spec, LayerContext context)
    : AffineLayer(spec, context, spec.Seed, spec.Interpolation, spec.FillMode, spec.FillValue)
{
    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        var down = draws.Uniform((1 + spec.Heights.Lower, 1 + spec.Heights.Upper), size.Batch);
        var across = spec.Widths is var (lower, upper) ? draws.Uniform((1 + lower, 1 + upper), size.Batch) : down;
        var (left, top) = ((1 - across) * ((size.Width - 1) / 2.0), (1 - down) * ((size.Height - 1) / 2.0));
        var zero = zeros_like(down);
        var matrix = Sampling.Matrix(across, zero, left, zero, down, top);
        return Move(matrix, size, Show);

        // The part of each box within the window that is shown, in parts of the window.
        Tensor Show(Tensor corners)
        {
            var (x1, y1, x2, y2) = Layers.Boxes.Split(corners);
            var (windowLeft, windowTop) = (left.view(-1, 1, 1), top.view(-1, 1, 1));
            var (windowWidth, windowHeight) = (across.view(-1, 1, 1) * size.Width, down.view(-1, 1, 1) * size.Height);
            return Layers.Boxes.Join(Across(x1), Down(y1), Across(x2), Down(y2));

            Tensor Across(Tensor x) => ((x - windowLeft) / windowWidth).clamp(0, 1) * size.Width;
            Tensor Down(Tensor y) => ((y - windowTop) / windowHeight).clamp(0, 1) * size.Height;
        }
    }
}

/// <summary>While training, slants images.</summary>
public sealed class RandomShear(Specs.RandomShear spec, LayerContext context)
    : AffineLayer(spec, context, spec.Seed, spec.Interpolation, spec.FillMode, spec.FillValue)
{
    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        var sign = draws.Signs(size.Batch);
        var (y, x) = (draws.Uniform(spec.Ys, size.Batch) * sign, draws.Uniform(spec.Xs, size.Batch) * sign);
        var (one, zero) = (ones_like(x), zeros_like(x));
        var matrix = Sampling.Matrix(one, x, zero, y, one, zero);
        return Move(matrix, size, corners => Slant(corners, size, x.view(-1, 1, 1), y.view(-1, 1, 1)));
    }

    /// <summary>The slanted corners, counted in parts of the image's sides.</summary>
    private static Tensor Slant(Tensor corners, ImageSize size, Tensor byRow, Tensor byColumn)
    {
        var (x1, y1, x2, y2) = Layers.Boxes.Split(corners);
        (x1, x2, y1, y2) = (x1 / size.Width, x2 / size.Width, y1 / size.Height, y2 / size.Height);
        var left = where(byRow.less(0), x1 - byRow * y1, x1 - byRow * y2);
        var right = where(byRow.less(0), x2 - byRow * y2, x2 - byRow * y1);
        var top = where(byColumn.greater(0), y1 - byColumn * right, y1 - byColumn * left);
        var bottom = where(byColumn.greater(0), y2 - byColumn * left, y2 - byColumn * right);
        return Layers.Boxes.Join(left * size.Width, top * size.Height, right * size.Width, bottom * size.Height);
    }
}
