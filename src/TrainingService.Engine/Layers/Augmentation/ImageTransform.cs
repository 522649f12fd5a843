using static TorchSharp.torch;

namespace TrainingService.Engine.Layers;

/// <summary>Sizes of a batch of images.</summary>
/// <param name="Batch">Images.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Channels">Channels.</param>
public readonly record struct ImageSize(long Batch, long Height, long Width, long Channels);

/// <summary>Bounding boxes of a batch of images.</summary>
/// <param name="Boxes">(batch, boxes, 4).</param>
/// <param name="Labels">(batch, boxes); -1 where there is no box.</param>
public sealed record BoundingBoxes(Tensor Boxes, Tensor Labels);

/// <summary>What happens to one batch: to its images, and to what belongs to them.</summary>
/// <param name="Images">(batch, height, width, channels) of float32 in and out.</param>
public sealed record ImageTransform(Func<Tensor, Tensor> Images)
{
    /// <summary>Segmentation masks, laid out as the images. Default: the identity.</summary>
    public Func<Tensor, Tensor> Masks { get; init; } = static masks => masks;

    /// <summary>Labels, one row per image. Default: the identity.</summary>
    public Func<Tensor, Tensor> Labels { get; init; } = static labels => labels;

    /// <summary>Bounding boxes, in the layer's format. Default: the identity.</summary>
    public Func<BoundingBoxes, BoundingBoxes> Boxes { get; init; } = static boxes => boxes;

    /// <summary>The same for images and masks, given how values between pixels are made.</summary>
    public static ImageTransform OfPixels(Func<Tensor, Contracts.Layers.SampleInterpolation, Tensor> move, Contracts.Layers.SampleInterpolation interpolation) =>
        new(images => move(images, interpolation)) { Masks = masks => move(masks, Contracts.Layers.SampleInterpolation.Nearest) };
}
