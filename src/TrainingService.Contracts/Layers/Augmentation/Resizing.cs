using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Images of another size. Images of whole numbers stay whole numbers.</summary>
/// <param name="Height">Rows that come out.</param>
/// <param name="Width">Columns that come out.</param>
/// <param name="Interpolation">Default: bilinear.</param>
/// <param name="CropToAspectRatio">Cut the larger side at both ends first, so that nothing is distorted. Default: false.</param>
/// <param name="PadToAspectRatio">Add to the smaller side at both ends first; not together with the other. Default: false.</param>
/// <param name="FillMode">What is added: only constant.</param>
/// <param name="FillValue">Its value. Default: 0.</param>
/// <param name="Antialias">Widen the kernel where images get smaller; nearest and area ignore it. Default: false.</param>
/// <remarks>Input <c>(batch, height, width, channels)</c> → output <c>(batch, Height, Width, channels)</c>.</remarks>
public sealed record Resizing(
    [Range(1, 65_536)] int Height,
    [Range(1, 65_536)] int Width,
    ResizeInterpolation Interpolation = ResizeInterpolation.Bilinear,
    bool CropToAspectRatio = false,
    bool PadToAspectRatio = false,
    FillMode FillMode = FillMode.Constant,
    double FillValue = 0.0,
    bool Antialias = false) : ImageLayerSpec
{
    /// <inheritdoc />
    protected override Shape ImageShape(Shape images) => Resized(images, Height, Width);

    /// <inheritdoc />
    public override void CheckFields()
    {
        if (FillMode != FillMode.Constant)
            throw new SpecException($"expected \"constant\": Resizing fills with nothing else. Received: {FillMode}.", "fill_mode");
        if (CropToAspectRatio && PadToAspectRatio)
            throw new SpecException("expected only one of crop_to_aspect_ratio and pad_to_aspect_ratio to be true. Received: both.", "pad_to_aspect_ratio");
    }
}

/// <summary>The middle of the images. Images that are too small are cut to the shape's ratio and resized instead (bilinear).</summary>
/// <param name="Height">Rows that come out.</param>
/// <param name="Width">Columns that come out.</param>
/// <remarks>Input <c>(batch, height, width, channels)</c> → output <c>(batch, Height, Width, channels)</c>.</remarks>
public sealed record CenterCrop([Range(1, 65_536)] int Height, [Range(1, 65_536)] int Width) : ImageLayerSpec
{
    /// <inheritdoc />
    protected override Shape ImageShape(Shape images) => Resized(images, Height, Width);
}

/// <summary>While training, a random window, one for the batch; images that are too small are resized (bilinear). Otherwise the identity.</summary>
/// <param name="Height">Rows that come out while training.</param>
/// <param name="Width">Columns that come out while training.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
/// <remarks>Input <c>(batch, height, width, channels)</c> → output <c>(batch, Height, Width, channels)</c>.</remarks>
public sealed record RandomCrop([Range(1, 65_536)] int Height, [Range(1, 65_536)] int Width, long? Seed = null) : ImageLayerSpec
{
    /// <inheritdoc />
    public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs, CallSpec call)
    {
        var trained = base.OutputShapes(inputs, call);
        return call.Form.Training == false ? inputs : trained;
    }

    /// <inheritdoc />
    protected override Shape ImageShape(Shape images) => Resized(images, Height, Width);
}

/// <summary>Brings the boxes of every image to one number: cuts those past it, adds empty ones (-1). Images stay as they are.</summary>
/// <param name="MaxNumber">Boxes per image.</param>
/// <param name="FillValue">Coordinates and label of the boxes that are added. Default: -1.</param>
public sealed record MaxNumBoundingBoxes([Range(1, 1_000_000)] int MaxNumber, int FillValue = -1) : ImageLayerSpec
{
    /// <inheritdoc />
    protected override Shape BoxShape(Shape boxes) => boxes.Rank >= 2 && boxes[-1] == 4 ? boxes.With(-2, MaxNumber) : boxes.WithLast(MaxNumber);
}
