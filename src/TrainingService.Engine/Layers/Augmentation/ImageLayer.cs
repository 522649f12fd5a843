using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;
using static TorchSharp.torch;

namespace TrainingService.Engine.Layers;

/// <summary>
/// A layer of images: draws what happens to a batch, and lets it happen to the images and, when called with a dict, to labels, boxes and masks.
/// Whatever the data format, a transform sees (batch, height, width, channels) of float32 (or float64); one image is a batch of one.
/// </summary>
public abstract class ImageLayer : Layer
{
    private readonly ImageLayerSpec _spec;
    private readonly Draws _draws;

    /// <summary>Builds the layer.</summary>
    /// <param name="spec">The layer's data.</param>
    /// <param name="context">Name, input shapes, random streams, device.</param>
    /// <param name="seed">The layer's own seed; null draws from the job's.</param>
    protected ImageLayer(ImageLayerSpec spec, LayerContext context, long? seed = null) : base(spec, context)
    {
        _spec = spec;
        Generator = CreateGenerator(seed, "augmentation", CPU);
        _draws = new(Generator, context.Device);
    }

    /// <summary>Where random numbers come from.</summary>
    public Generator Generator { get; }

    /// <inheritdoc />
    public override bool TrainsByDefault => true;

    /// <summary>Whether images of whole numbers stay so.</summary>
    protected virtual bool KeepsIntegers => false;

    /// <summary>Whether images change outside of training too.</summary>
    protected virtual bool AlwaysActs => false;

    /// <summary>Draws what happens to a batch; null when nothing does.</summary>
    /// <param name="size">Sizes of the images.</param>
    /// <param name="draws">Random numbers.</param>
    protected internal abstract ImageTransform? Draw(ImageSize size, Draws draws);

    /// <inheritdoc />
    public override Tensor Call(Tensor x, CallContext call) => Call([new KerasTensor(x)], call)[0].Value;

    /// <inheritdoc />
    public override IReadOnlyList<KerasTensor> Call(IReadOnlyList<KerasTensor> inputs, CallContext call)
    {
        IReadOnlyList<string> names = call.InputNames ?? ["images"];
        var values = names.Select((name, index) => (name, inputs[index].Value)).ToDictionary();
        var single = values["images"].dim() == 3;
        var images = Open(values["images"], single);
        var given = images.dtype;
        if (!KeepsIntegers || images.is_floating_point())
            images = images.to(given == float64 ? float64 : float32);
        var size = new ImageSize(images.shape[0], images.shape[1], images.shape[2], images.shape[3]);
        if ((call.Training || AlwaysActs) && Draw(size, _draws) is { } transform)
            Apply(transform, values, images, single);
        else
            values["images"] = Close(images, single);
        if (is_floating_point(given))
            values["images"] = values["images"].to(given);
        return [.. names.Select(name => new KerasTensor(values[name]))];
    }

    private void Apply(ImageTransform transform, Dictionary<string, Tensor> values, Tensor images, bool single)
    {
        values["images"] = Close(transform.Images(images), single);
        if (values.TryGetValue("segmentation_masks", out var masks))
            values["segmentation_masks"] = Close(transform.Masks(Open(masks, single)), single);
        if (values.TryGetValue("labels", out var labels))
            values["labels"] = Batch(transform.Labels(single ? labels.unsqueeze(0) : labels), single);
        if (!values.TryGetValue("bounding_boxes/boxes", out var boxes))
            return;
        var boxLabels = values["bounding_boxes/labels"];
        var given = new BoundingBoxes((single ? boxes.unsqueeze(0) : boxes).to(float32), single ? boxLabels.unsqueeze(0) : boxLabels);
        var changed = transform.Boxes(given);
        (values["bounding_boxes/boxes"], values["bounding_boxes/labels"]) = (Batch(changed.Boxes, single), Batch(changed.Labels, single));
    }

    /// <summary>To (batch, height, width, channels): views.</summary>
    private Tensor Open(Tensor images, bool single)
    {
        var batch = single ? images.unsqueeze(0) : images;
        return _spec.DataFormat == DataFormat.ChannelsLast ? batch : batch.permute(0, 2, 3, 1);
    }

    /// <summary>Back from it.</summary>
    private Tensor Close(Tensor images, bool single) =>
        Batch(_spec.DataFormat == DataFormat.ChannelsLast ? images : images.permute(0, 3, 1, 2), single);

    private static Tensor Batch(Tensor batch, bool single) => single ? batch.squeeze(0) : batch;

    /// <summary>An inner image layer that gets its random numbers from this one.</summary>
    protected ImageLayer Inner(ImageLayerSpec spec, string name) =>
        (ImageLayer)Sublayer(spec with { DataFormat = _spec.DataFormat, BoundingBoxFormat = _spec.BoundingBoxFormat }, name, [InputShape]);

    /// <summary>The format of the boxes; the shape rule has seen to it that there is one.</summary>
    protected BoundingBoxFormat BoxFormat =>
        _spec.BoundingBoxFormat ?? throw new SpecException("expected a format for the boxes. Received: none.", "bounding_box_format");

    /// <summary>Boxes of images that keep their size.</summary>
    protected BoundingBoxes MoveBoxes(BoundingBoxes boxes, ImageSize size, Func<Tensor, Tensor> corners) =>
        Boxes.Change(boxes, BoxFormat, (size.Height, size.Width), (size.Height, size.Width), corners);
}
