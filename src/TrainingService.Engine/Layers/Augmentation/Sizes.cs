using TorchSharp;
using TrainingService.Contracts.Layers;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Images of another size.</summary>
public sealed class Resizing(Specs.Resizing spec, LayerContext context) : ImageLayer(spec, context)
{
    /// <inheritdoc />
    protected override bool KeepsIntegers => true;

    /// <inheritdoc />
    protected override bool AlwaysActs => true;

    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws) => new(images => Resize(images, spec.Interpolation))
    {
        Masks = masks => Resize(masks, ResizeInterpolation.Nearest),
        Boxes = boxes => Boxes(boxes, size.Height, size.Width),
    };

    private Tensor Resize(Tensor images, ResizeInterpolation interpolation)
    {
        var (height, width) = (images.shape[1], images.shape[2]);
        if (spec.CropToAspectRatio)
        {
            var (top, left, rows, columns) = ResizeKernels.Window(height, width, spec.Height, spec.Width);
            images = images.narrow(1, top, rows).narrow(2, left, columns);
        }
        else if (spec.PadToAspectRatio)
        {
            var down = (Math.Max(height, (long)((double)(width * spec.Height) / spec.Width)) - height) / 2;
            var across = (Math.Max(width, (long)((double)(height * spec.Width) / spec.Height)) - width) / 2;
            // One side only, as Keras does; and both ends alike.
            images = down > 0 ? Pad(images, 0, down) : across > 0 ? Pad(images, across, 0) : images;
        }
        return ResizeKernels.Resize(images, spec.Height, spec.Width, interpolation, spec.Antialias);
    }

    private Tensor Pad(Tensor images, long across, long down) =>
        nn.functional.pad(images, [0, 0, across, across, down, down], PaddingModes.Constant, spec.FillValue);

    private BoundingBoxes Boxes(BoundingBoxes boxes, double height, double width)
    {
        // What is all 0 or all -1 is padding and becomes 0.
        var padding = boxes.Boxes.eq(-1).all(-1) | boxes.Boxes.eq(0).all(-1);
        var changed = Layers.Boxes.Change(boxes, BoxFormat, (height, width), (spec.Height, spec.Width), corners =>
        {
            var (scaleX, scaleY, x, y) = Mapping(height, width);
            var (x1, y1, x2, y2) = Layers.Boxes.Split(corners);
            return Layers.Boxes.Join(x1 * scaleX + x, y1 * scaleY + y, x2 * scaleX + x, y2 * scaleY + y);
        });
        return changed with { Boxes = changed.Boxes.masked_fill(padding.unsqueeze(-1), 0) };
    }

    /// <summary>How corners are scaled and then moved.</summary>
    private (double ScaleX, double ScaleY, double X, double Y) Mapping(double height, double width)
    {
        if (spec.PadToAspectRatio)
        {
            var scale = Math.Min(spec.Height / height, spec.Width / width);
            return (scale, scale, Math.Floor((spec.Width - width * scale) / 2), Math.Floor((spec.Height - height * scale) / 2));
        }
        if (!spec.CropToAspectRatio)
            return (spec.Width / width, spec.Height / height, 0, 0);
        var ratio = width / height;
        var wide = ratio > (double)spec.Width / spec.Height;
        var (newWidth, newHeight) = (wide ? spec.Height * ratio : spec.Width, wide ? spec.Height : spec.Width / ratio);
        return (newWidth / width, newHeight / height, -Math.Floor((newWidth - spec.Width) / 2), -Math.Floor((newHeight - spec.Height) / 2));
    }
}

/// <summary>The middle of the images.</summary>
public sealed class CenterCrop(Specs.CenterCrop spec, LayerContext context) : ImageLayer(spec, context)
{
    /// <inheritdoc />
    protected override bool AlwaysActs => true;

    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        var fits = size.Height >= spec.Height && size.Width >= spec.Width;
        var (top, left, rows, columns) = fits
            ? ((size.Height - spec.Height) / 2, (size.Width - spec.Width) / 2, spec.Height, spec.Width)
            : ResizeKernels.Window(size.Height, size.Width, spec.Height, spec.Width);
        return new(images => Crop(images, ResizeInterpolation.Bilinear))
        {
            Masks = masks => Crop(masks, ResizeInterpolation.Nearest),
            Boxes = boxes => Layers.Boxes.Change(boxes, BoxFormat, (size.Height, size.Width), (spec.Height, spec.Width), Corners),
        };

        Tensor Crop(Tensor images, ResizeInterpolation interpolation) =>
            ResizeKernels.Resize(images.narrow(1, top, rows).narrow(2, left, columns), spec.Height, spec.Width, interpolation, antialias: false);

        Tensor Corners(Tensor corners)
        {
            var (x1, y1, x2, y2) = Layers.Boxes.Split(corners);
            var (scaleX, scaleY) = ((double)spec.Width / columns, (double)spec.Height / rows);
            return Layers.Boxes.Join(Across(x1), Down(y1), Across(x2), Down(y2));

            Tensor Across(Tensor x) => (x.clamp(left, left + columns) - left) * scaleX;
            Tensor Down(Tensor y) => (y.clamp(top, top + rows) - top) * scaleY;
        }
    }
}

/// <summary>While training, a random window, one for the batch.</summary>
public sealed class RandomCrop(Specs.RandomCrop spec, LayerContext context) : ImageLayer(spec, context, spec.Seed)
{
    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        var (top, left) = Start(size, draws);
        return new(images => Crop(images, ResizeInterpolation.Bilinear))
        {
            Masks = masks => Crop(masks, ResizeInterpolation.Nearest),
            Boxes = Move,
        };

        Tensor Crop(Tensor images, ResizeInterpolation interpolation)
        {
            var window = images.narrow(1, top, Math.Min(spec.Height, images.shape[1] - top)).narrow(2, left, Math.Min(spec.Width, images.shape[2] - left));
            return ResizeKernels.Resize(window, spec.Height, spec.Width, interpolation, antialias: false);
        }

        BoundingBoxes Move(BoundingBoxes boxes)
        {
            // Keras takes the rows' start from the first and third number and the columns' from the others, and so its numbers are these.
            var (a, b, c, d) = Layers.Boxes.Split(Layers.Boxes.ToCorners(boxes.Boxes, BoxFormat, spec.Height, spec.Width));
            var moved = Layers.Boxes.Join((a - top).clamp_min(0), (b - left).clamp_min(0), (c - top).clamp_min(0), (d - left).clamp_min(0));
            return boxes with { Boxes = Layers.Boxes.FromCorners(moved, BoxFormat, spec.Height, spec.Width) };
        }
    }

    private (long Top, long Left) Start(ImageSize size, Draws draws)
    {
        if (size.Height > spec.Height && size.Width > spec.Width)
            return (draws.Choice((int)(size.Height - spec.Height + 1)), draws.Choice((int)(size.Width - spec.Width + 1)));
        var (top, left, _, _) = ResizeKernels.Window(size.Height, size.Width, spec.Height, spec.Width);
        return (top, left);
    }
}

/// <summary>Brings the boxes of every image to one number.</summary>
public sealed class MaxNumBoundingBoxes(Specs.MaxNumBoundingBoxes spec, LayerContext context) : ImageLayer(spec, context)
{
    /// <inheritdoc />
    protected override bool KeepsIntegers => true;

    /// <inheritdoc />
    protected override bool AlwaysActs => true;

    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws) => new(images => images)
    {
        Boxes = boxes => new BoundingBoxes(Fit(boxes.Boxes, [0, 0]), Fit(boxes.Labels, [])),
    };

    /// <param name="values">(batch, boxes, …).</param>
    /// <param name="inner">Padding of the axes behind the boxes: none.</param>
    private Tensor Fit(Tensor values, long[] inner)
    {
        var kept = Math.Min(values.shape[1], spec.MaxNumber);
        return nn.functional.pad(values.narrow(1, 0, kept), [.. inner, 0, spec.MaxNumber - kept], PaddingModes.Constant, spec.FillValue);
    }
}
