using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>A layer over one to three spatial axes between the batch and the channels. Its <see cref="Sizes"/> have one number per such axis.</summary>
public abstract record SpatialLayer : LayerSpec
{
    /// <summary>A layer over so many spatial axes.</summary>
    protected SpatialLayer(int spatialAxes) => SpatialAxes = spatialAxes;

    /// <summary>How many spatial axes there are.</summary>
    public int SpatialAxes { get; }

    /// <summary>Where the channels are.</summary>
    public virtual DataFormat Format => DataFormat.ChannelsLast;

    /// <summary>The input's spatial sizes and its channels.</summary>
    /// <exception cref="SpecException">Another number of axes.</exception>
    protected (IReadOnlyList<long?> Space, long? Channels) Split(Shape input)
    {
        if (input.Rank != SpatialAxes + 2)
            throw new SpecException($"expected {SpatialAxes + 2} axes {Names}. Received: {input}.");
        var sizes = input.Skip(1).ToList();
        return Format == DataFormat.ChannelsLast ? (sizes[..^1], sizes[^1]) : (sizes[1..], sizes[0]);
    }

    /// <summary>The same, where the weights or the computation depend on the number of channels.</summary>
    /// <exception cref="SpecException">Another number of axes, or the channels are unknown.</exception>
    protected (IReadOnlyList<long?> Space, long Channels) SplitKnown(Shape input)
    {
        var (space, channels) = Split(input);
        return (space, channels ?? throw new SpecException($"the channel axis must be known. Received: {input}."));
    }

    /// <summary>A shape of these sizes in the layer's axis order.</summary>
    protected Shape Join(long? batch, IEnumerable<long?> space, long? channels) =>
        Format == DataFormat.ChannelsLast ? new Shape([batch, .. space, channels]) : new Shape([batch, channels, .. space]);

    private string Names
    {
        get
        {
            var space = SpatialAxes switch { 1 => "steps", 2 => "height, width", _ => "depth, height, width" };
            return Format == DataFormat.ChannelsLast ? $"(batch, {space}, channels)" : $"(batch, channels, {space})";
        }
    }
}

/// <summary>A spatial layer whose channels come last or first, as <c>data_format</c> says.</summary>
public abstract record ImageLayer : SpatialLayer
{
    /// <summary>A layer over so many spatial axes.</summary>
    protected ImageLayer(int spatialAxes) : base(spatialAxes)
    {
    }

    /// <summary>Where the channels are. Default: channels_last.</summary>
    public DataFormat DataFormat { get; init; }

    /// <inheritdoc />
    public override DataFormat Format => DataFormat;
}
