using TorchSharp;
using TrainingService.Contracts.Layers;
using static TorchSharp.torch;

namespace TrainingService.Engine.Layers;

/// <summary>Bounding boxes in Keras's formats.</summary>
internal static class Boxes
{
    /// <summary>Boxes as left, top, right, bottom in pixels.</summary>
    /// <param name="boxes">(…, 4).</param>
    /// <param name="format">How they are written.</param>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Its columns.</param>
    public static Tensor ToCorners(Tensor boxes, BoundingBoxFormat format, double height, double width)
    {
        var (a, b, c, d) = Split(boxes);
        return format switch
        {
            BoundingBoxFormat.Xyxy => boxes,
            BoundingBoxFormat.Yxyx => Join(b, a, d, c),
            BoundingBoxFormat.Xywh => Join(a, b, a + c, b + d),
            BoundingBoxFormat.CenterXywh => Join(a - c / 2, b - d / 2, a + c / 2, b + d / 2),
            BoundingBoxFormat.CenterYxhw => Join(b - d / 2, a - c / 2, b + d / 2, a + c / 2),
            BoundingBoxFormat.RelXyxy => Join(a * width, b * height, c * width, d * height),
            BoundingBoxFormat.RelYxyx => Join(b * width, a * height, d * width, c * height),
            BoundingBoxFormat.RelXywh => Join(a * width, b * height, (a + c) * width, (b + d) * height),
            _ => Join((a - c / 2) * width, (b - d / 2) * height, (a + c / 2) * width, (b + d / 2) * height),
        };
    }

    /// <summary>Boxes from left, top, right, bottom in pixels.</summary>
    public static Tensor FromCorners(Tensor boxes, BoundingBoxFormat format, double height, double width)
    {
        var (x1, y1, x2, y2) = Split(boxes);
        var (w, h) = (x2 - x1, y2 - y1);
        return format switch
        {
            BoundingBoxFormat.Xyxy => boxes,
            BoundingBoxFormat.Yxyx => Join(y1, x1, y2, x2),
            BoundingBoxFormat.Xywh => Join(x1, y1, w, h),
            BoundingBoxFormat.CenterXywh => Join(x1 + w / 2, y1 + h / 2, w, h),
            BoundingBoxFormat.CenterYxhw => Join(y1 + h / 2, x1 + w / 2, h, w),
            BoundingBoxFormat.RelXyxy => Join(x1 / width, y1 / height, x2 / width, y2 / height),
            BoundingBoxFormat.RelYxyx => Join(y1 / height, x1 / width, y2 / height, x2 / width),
            BoundingBoxFormat.RelXywh => Join(x1 / width, y1 / height, w / width, h / height),
            _ => Join((x1 + w / 2) / width, (y1 + h / 2) / height, w / width, h / height),
        };
    }

    /// <summary>Moves corners into the image; a box without area gets the label -1.</summary>
    public static BoundingBoxes Clip(Tensor corners, Tensor labels, double height, double width)
    {
        var (x1, y1, x2, y2) = Split(corners);
        var clipped = Join(x1.clamp(0, width), y1.clamp(0, height), x2.clamp(0, width), y2.clamp(0, height));
        (x1, y1, x2, y2) = Split(clipped);
        var areas = ((x2 - x1) * (y2 - y1)).squeeze(-1);
        return new BoundingBoxes(clipped, where(areas.greater(0), labels, labels.new_full([], -1)));
    }

    /// <summary>Changes corners in pixels and clips them to the image that comes out.</summary>
    public static BoundingBoxes Change(
        BoundingBoxes boxes, BoundingBoxFormat format, (double Height, double Width) before, (double Height, double Width) after, Func<Tensor, Tensor> corners)
    {
        var clipped = Clip(corners(ToCorners(boxes.Boxes, format, before.Height, before.Width)), boxes.Labels, after.Height, after.Width);
        return clipped with { Boxes = FromCorners(clipped.Boxes, format, after.Height, after.Width) };
    }

    /// <summary>The four numbers of each box, each with a last axis of size 1.</summary>
    public static (Tensor, Tensor, Tensor, Tensor) Split(Tensor boxes) =>
        (boxes.narrow(-1, 0, 1), boxes.narrow(-1, 1, 1), boxes.narrow(-1, 2, 1), boxes.narrow(-1, 3, 1));

    /// <summary>Four numbers as boxes.</summary>
    public static Tensor Join(Tensor a, Tensor b, Tensor c, Tensor d) => cat([a, b, c, d], -1);
}
