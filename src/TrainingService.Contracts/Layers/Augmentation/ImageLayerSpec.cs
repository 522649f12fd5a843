using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>A layer of images, or of a dict of images and what belongs to them.</summary>
/// <remarks>
/// Input <c>(batch, height, width, channels)</c> or one image <c>(height, width, channels)</c>; channels first with that data format. A dict has
/// <c>images</c> and any of <c>labels</c>, <c>bounding_boxes/boxes</c> with <c>bounding_boxes/labels</c>, <c>segmentation_masks</c>: what happens to the
/// images happens to them too.
/// </remarks>
public abstract record ImageLayerSpec : LayerSpec
{
    private static readonly string[] Parameters = ["data"];
    private static readonly string[] Members = ["images", "labels", "bounding_boxes/boxes", "bounding_boxes/labels", "segmentation_masks"];

    /// <summary>Where the channels are. Default: channels_last.</summary>
    public DataFormat DataFormat { get; init; }

    /// <summary>How the boxes of a dict are written; needed where there are boxes. Default: null.</summary>
    public BoundingBoxFormat? BoundingBoxFormat { get; init; }

    /// <inheritdoc />
    public override IReadOnlyList<string> CallParameters => Parameters;

    /// <inheritdoc />
    public override IReadOnlyList<string>? OutputNames(CallSpec call) => call.InputNames;

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        if (input.Rank is not (3 or 4))
            throw new SpecException($"expected images: 4 axes (batch, height, width, channels), or 3 of one image. Received: {input}.");
        if (input.Rank == 3 && input[0] is null)
            throw new SpecException($"expected the size of every axis of one image, or a fourth axis for the channels. Received: {input}.");
        var (height, width, channels) = SizesOf(input);
        if (height is { } rows && width is { } columns)
            CheckImage(rows, columns, channels);
        return ImageShape(input);
    }

    /// <inheritdoc />
    public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs, CallSpec call)
    {
        if (call.InputNames is not { } names)
            return base.OutputShapes(inputs, call);
        if (names.FirstOrDefault(name => !Members.Contains(name)) is { } unknown)
            throw new SpecException($"expected a dict of {string.Join(", ", Members)}. Received: {unknown}.");
        if (!names.Contains("images"))
            throw new SpecException($"expected a dict with images. Received: {string.Join(", ", names)}.");
        if (names.Contains("bounding_boxes/boxes") != names.Contains("bounding_boxes/labels"))
            throw new SpecException("expected bounding_boxes with both boxes and labels.");
        if (names.Contains("bounding_boxes/boxes") && BoundingBoxFormat is null)
            throw new SpecException("expected a format for the bounding_boxes of the input, such as xyxy. Received: none.", "bounding_box_format");
        return [.. names.Select((name, index) => MemberShape(name, inputs[index]))];
    }

    /// <summary>Height, width and channels of images of this shape.</summary>
    public (long? Height, long? Width, long? Channels) SizesOf(Shape images) =>
        DataFormat == DataFormat.ChannelsLast ? (images[-3], images[-2], images[-1]) : (images[-2], images[-1], images[-3]);

    /// <summary>The shape of the images that come out. Default: that of those that come in.</summary>
    protected virtual Shape ImageShape(Shape images) => images;

    /// <summary>The shape of boxes or box labels that come out. Default: that of those that come in.</summary>
    protected virtual Shape BoxShape(Shape boxes) => boxes;

    /// <summary>Checks the size of the images.</summary>
    /// <exception cref="SpecException">The layer cannot take them.</exception>
    protected virtual void CheckImage(long height, long width, long? channels)
    {
    }

    /// <summary>The same shape with another height and width.</summary>
    protected Shape Resized(Shape images, int height, int width) => DataFormat == DataFormat.ChannelsLast
        ? images.With(-3, height).With(-2, width)
        : images.With(-2, height).With(-1, width);

    /// <summary>For layers that mix colours.</summary>
    /// <exception cref="SpecException">The images have not one of these numbers of channels.</exception>
    protected static void ExpectChannels(long? channels, params ReadOnlySpan<long> allowed)
    {
        if (channels is { } count && !allowed.Contains(count))
            throw new SpecException($"expected images of {string.Join(" or ", allowed.ToArray())} channels. Received: {count}.");
    }

    private Shape MemberShape(string name, Shape shape) => name switch
    {
        "images" or "segmentation_masks" => OutputShape(shape),
        "bounding_boxes/boxes" or "bounding_boxes/labels" => BoxShape(shape),
        _ => shape,
    };
}

/// <summary>How a bounding box is written as four numbers; <c>rel_</c> counts in parts of the image's size.</summary>
public enum BoundingBoxFormat
{
    /// <summary>Left, top, right, bottom.</summary>
    Xyxy,

    /// <summary>Top, left, bottom, right.</summary>
    Yxyx,

    /// <summary>Left, top, width, height.</summary>
    Xywh,

    /// <summary>Centre across, centre down, width, height.</summary>
    CenterXywh,

    /// <summary>Centre down, centre across, height, width.</summary>
    CenterYxhw,

    /// <summary>Left, top, right, bottom.</summary>
    RelXyxy,

    /// <summary>Top, left, bottom, right.</summary>
    RelYxyx,

    /// <summary>Left, top, width, height.</summary>
    RelXywh,

    /// <summary>Centre across, centre down, width, height.</summary>
    RelCenterXywh,
}

/// <summary>How values between pixels are made where images are moved.</summary>
public enum SampleInterpolation
{
    /// <summary>The nearest pixel.</summary>
    Nearest,

    /// <summary>A weighted mean of the four pixels around.</summary>
    Bilinear,
}

/// <summary>What lies beyond the border of an image, for the row <c>a b c d</c>.</summary>
public enum FillMode
{
    /// <summary>The fill value: <c>k k k k | a b c d | k k k k</c>.</summary>
    Constant,

    /// <summary>The last pixel: <c>a a a a | a b c d | d d d d</c>.</summary>
    Nearest,

    /// <summary>The image mirrored at its edge: <c>d c b a | a b c d | d c b a</c>.</summary>
    Reflect,

    /// <summary>The image again: <c>a b c d | a b c d | a b c d</c>.</summary>
    Wrap,

    /// <summary>The image mirrored at its last pixel: <c>d c b | a b c d | c b a</c>. RandomElasticTransform only.</summary>
    Mirror,
}

/// <summary>How images are resized.</summary>
public enum ResizeInterpolation
{
    /// <summary>The nearest pixel.</summary>
    Nearest,

    /// <summary>Triangle kernel.</summary>
    Bilinear,

    /// <summary>Keys's cubic kernel with a = -0.5.</summary>
    Bicubic,

    /// <summary>Lanczos kernel of radius 3.</summary>
    Lanczos3,

    /// <summary>Lanczos kernel of radius 5.</summary>
    Lanczos5,

    /// <summary>The mean over the area that a pixel covers.</summary>
    Area,
}
