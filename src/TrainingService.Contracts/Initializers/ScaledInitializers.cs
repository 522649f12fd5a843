using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Initializers;

/// <summary>Which fan the variance is scaled by.</summary>
public enum FanMode
{
    /// <summary>Number of inputs.</summary>
    FanIn,

    /// <summary>Number of outputs.</summary>
    FanOut,

    /// <summary>Mean of the two.</summary>
    FanAvg,
}

/// <summary>Distribution of a variance-scaled initializer.</summary>
public enum ScalingDistribution
{
    /// <summary>Normal, cut at two standard deviations and rescaled to keep the variance.</summary>
    [AlsoNamed("normal")]
    TruncatedNormal,

    /// <summary>Normal without a cut.</summary>
    UntruncatedNormal,

    /// <summary>Uniform.</summary>
    Uniform,
}

/// <summary>Variance <c>scale / fan</c>.</summary>
/// <param name="Scale">Factor, above 0. Default: 1.</param>
/// <param name="Mode">Which fan. Default: fan_in.</param>
/// <param name="Distribution">Default: truncated_normal, which Keras also calls normal.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record VarianceScaling(
    [Range(double.Epsilon, 1e30)] double Scale = 1.0, FanMode Mode = FanMode.FanIn,
    ScalingDistribution Distribution = ScalingDistribution.TruncatedNormal, long? Seed = null) : ScaledInitializerSpec(Seed)
{
    /// <inheritdoc />
    public override VarianceScaling ToVarianceScaling() => this;
}

/// <summary>Uniform with variance <c>2 / (fan_in + fan_out)</c>: Keras's default for kernels (Glorot and Bengio, 2010).</summary>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record GlorotUniform(long? Seed = null) : ScaledInitializerSpec(Seed)
{
    /// <inheritdoc />
    public override VarianceScaling ToVarianceScaling() => new(1.0, FanMode.FanAvg, ScalingDistribution.Uniform) { InputAxes = InputAxes, OutputAxes = OutputAxes };
}

/// <summary>Truncated normal with variance <c>2 / (fan_in + fan_out)</c>.</summary>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record GlorotNormal(long? Seed = null) : ScaledInitializerSpec(Seed)
{
    /// <inheritdoc />
    public override VarianceScaling ToVarianceScaling() => new(1.0, FanMode.FanAvg) { InputAxes = InputAxes, OutputAxes = OutputAxes };
}

/// <summary>Uniform with variance <c>2 / fan_in</c> (He et al., 2015).</summary>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record HeUniform(long? Seed = null) : ScaledInitializerSpec(Seed)
{
    /// <inheritdoc />
    public override VarianceScaling ToVarianceScaling() => new(2.0, FanMode.FanIn, ScalingDistribution.Uniform) { InputAxes = InputAxes, OutputAxes = OutputAxes };
}

/// <summary>Truncated normal with variance <c>2 / fan_in</c>.</summary>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record HeNormal(long? Seed = null) : ScaledInitializerSpec(Seed)
{
    /// <inheritdoc />
    public override VarianceScaling ToVarianceScaling() => new(2.0) { InputAxes = InputAxes, OutputAxes = OutputAxes };
}

/// <summary>Uniform with variance <c>1 / fan_in</c> (LeCun et al., 1998).</summary>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record LecunUniform(long? Seed = null) : ScaledInitializerSpec(Seed)
{
    /// <inheritdoc />
    public override VarianceScaling ToVarianceScaling() => new(1.0, FanMode.FanIn, ScalingDistribution.Uniform) { InputAxes = InputAxes, OutputAxes = OutputAxes };
}

/// <summary>Truncated normal with variance <c>1 / fan_in</c>.</summary>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record LecunNormal(long? Seed = null) : ScaledInitializerSpec(Seed)
{
    /// <inheritdoc />
    public override VarianceScaling ToVarianceScaling() => new(1.0) { InputAxes = InputAxes, OutputAxes = OutputAxes };
}
