using TrainingService.Contracts.Layers;
using static TorchSharp.torch;

namespace TrainingService.Engine.Layers;

/// <summary>A layer that moves every pixel by an affine map, one map per image.</summary>
/// <param name="spec">The layer's data.</param>
/// <param name="context">Name, input shapes, random streams, device.</param>
/// <param name="seed">The layer's own seed; null draws from the job's.</param>
/// <param name="interpolation">How values between pixels are made.</param>
/// <param name="mode">What lies beyond the border.</param>
/// <param name="fillValue">For the fill mode constant.</param>
public abstract class AffineLayer(ImageLayerSpec spec, LayerContext context, long? seed, SampleInterpolation interpolation, FillMode mode, double fillValue)
    : ImageLayer(spec, context, seed)
{
    /// <summary>The transform of some maps.</summary>
    /// <param name="matrix">(batch, 6): the place where each pixel is read.</param>
    /// <param name="size">Sizes of the images.</param>
    /// <param name="corners">Where the corners of boxes go, in pixels.</param>
    protected ImageTransform Move(Tensor matrix, ImageSize size, Func<Tensor, Tensor> corners) =>
        ImageTransform.OfPixels((images, how) => Sampling.Affine(images, matrix, how, mode, fillValue), interpolation) with
        {
            Boxes = boxes => MoveBoxes(boxes, size, corners),
        };
}
