using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Dropout of whole channels: what is dropped is dropped at every place (Tompson et al., 2014).</summary>
[Omits("trainable", "activity_regularizer")]
[Ignores("noise_shape")]
public abstract record SpatialDropout : SpatialLayer
{
    /// <summary>Dropout over so many spatial axes.</summary>
    protected SpatialDropout(int spatialAxes, double rate, long? seed) : base(spatialAxes) => (Rate, Seed) = (rate, seed);

    /// <summary>Share of the channels to drop, 0 to 1.</summary>
    public double Rate { get; init; }

    /// <summary>Seed of its own; null draws from the job's seed.</summary>
    public long? Seed { get; init; }

    /// <inheritdoc />
    public override IReadOnlyList<string> CallParameters => LayerCalls.WithTraining;

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        Split(input);
        return input;
    }
}

/// <summary>Dropout of whole channels of sequences.</summary>
/// <param name="Rate">Share of the channels to drop, 0 to 1.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
/// <remarks>Input and output <c>(batch, steps, channels)</c>.</remarks>
public sealed record SpatialDropout1D([Range(0.0, 1.0)] double Rate, long? Seed = null) : SpatialDropout(1, Rate, Seed);

/// <summary>Dropout of whole channels of images.</summary>
/// <param name="Rate">Share of the channels to drop, 0 to 1.</param>
/// <param name="DataFormat">Where the channels are. Default: channels_last.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
/// <remarks>Input and output <c>(batch, height, width, channels)</c>.</remarks>
public sealed record SpatialDropout2D([Range(0.0, 1.0)] double Rate, DataFormat DataFormat = DataFormat.ChannelsLast, long? Seed = null) : SpatialDropout(2, Rate, Seed)
{
    /// <inheritdoc />
    public override DataFormat Format => DataFormat;
}

/// <summary>Dropout of whole channels of volumes.</summary>
/// <param name="Rate">Share of the channels to drop, 0 to 1.</param>
/// <param name="DataFormat">Where the channels are. Default: channels_last.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
/// <remarks>Input and output <c>(batch, depth, height, width, channels)</c>.</remarks>
public sealed record SpatialDropout3D([Range(0.0, 1.0)] double Rate, DataFormat DataFormat = DataFormat.ChannelsLast, long? Seed = null) : SpatialDropout(3, Rate, Seed)
{
    /// <inheritdoc />
    public override DataFormat Format => DataFormat;
}
