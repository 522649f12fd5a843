using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Initializers;

/// <summary>How a weight gets its first values.</summary>
public abstract record InitializerSpec : KerasSpec;

/// <summary>All zeros.</summary>
public sealed record Zeros : InitializerSpec;

/// <summary>All ones.</summary>
public sealed record Ones : InitializerSpec;

/// <summary>One value everywhere.</summary>
/// <param name="Value">The value. Default: 0.</param>
public sealed record Constant(double Value = 0.0) : InitializerSpec;

/// <summary>Normal distribution.</summary>
/// <param name="Mean">Mean. Default: 0.</param>
/// <param name="Stddev">Standard deviation. Default: 0.05.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record RandomNormal(double Mean = 0.0, double Stddev = 0.05, long? Seed = null) : InitializerSpec;

/// <summary>Uniform distribution over [minval, maxval).</summary>
/// <param name="Minval">Lower bound. Default: -0.05.</param>
/// <param name="Maxval">Upper bound. Default: 0.05.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record RandomUniform(double Minval = -0.05, double Maxval = 0.05, long? Seed = null) : InitializerSpec;

/// <summary>Normal distribution cut at two standard deviations.</summary>
/// <param name="Mean">Mean. Default: 0.</param>
/// <param name="Stddev">Standard deviation before the cut. Default: 0.05.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record TruncatedNormal(double Mean = 0.0, double Stddev = 0.05, long? Seed = null) : InitializerSpec;

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
    TruncatedNormal,

    /// <summary>Normal without a cut.</summary>
    UntruncatedNormal,

    /// <summary>Uniform.</summary>
    Uniform,
}

/// <summary>Variance <c>scale / fan</c>.</summary>
/// <param name="Scale">Factor, above 0. Default: 1.</param>
/// <param name="Mode">Which fan. Default: fan_in.</param>
/// <param name="Distribution">Default: truncated_normal.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
[Ignores("input_axes", "output_axes")]
public sealed record VarianceScaling(
    double Scale = 1.0, FanMode Mode = FanMode.FanIn,
    ScalingDistribution Distribution = ScalingDistribution.TruncatedNormal, long? Seed = null) : InitializerSpec;

/// <summary>Uniform with variance <c>2 / (fan_in + fan_out)</c>: Keras's default for kernels (Glorot and Bengio, 2010).</summary>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
[Ignores("input_axes", "output_axes")]
public sealed record GlorotUniform(long? Seed = null) : InitializerSpec;

/// <summary>Truncated normal with variance <c>2 / (fan_in + fan_out)</c>.</summary>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
[Ignores("input_axes", "output_axes")]
public sealed record GlorotNormal(long? Seed = null) : InitializerSpec;

/// <summary>Uniform with variance <c>2 / fan_in</c> (He et al., 2015).</summary>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
[Ignores("input_axes", "output_axes")]
public sealed record HeUniform(long? Seed = null) : InitializerSpec;

/// <summary>Truncated normal with variance <c>2 / fan_in</c>.</summary>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
[Ignores("input_axes", "output_axes")]
public sealed record HeNormal(long? Seed = null) : InitializerSpec;

/// <summary>Uniform with variance <c>1 / fan_in</c> (LeCun et al., 1998).</summary>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
[Ignores("input_axes", "output_axes")]
public sealed record LecunUniform(long? Seed = null) : InitializerSpec;

/// <summary>Truncated normal with variance <c>1 / fan_in</c>.</summary>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
[Ignores("input_axes", "output_axes")]
public sealed record LecunNormal(long? Seed = null) : InitializerSpec;
