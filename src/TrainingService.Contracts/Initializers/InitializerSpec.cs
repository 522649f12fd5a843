using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Initializers;

/// <summary>How a weight gets its first values.</summary>
public abstract record InitializerSpec : KerasSpec
{
    /// <summary>Whether a weight of this shape can be filled so.</summary>
    /// <exception cref="SpecException">It cannot.</exception>
    public virtual void CheckShape(Shape shape)
    {
    }
}

/// <summary>An initializer that draws.</summary>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public abstract record RandomInitializerSpec(long? Seed) : InitializerSpec;

/// <summary>An initializer whose variance follows from the number of inputs and outputs of the weight.</summary>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public abstract record ScaledInitializerSpec(long? Seed) : RandomInitializerSpec(Seed)
{
    /// <summary>Axes whose sizes multiply to the number of inputs; null, or no output axes, takes the last axis but one and the axes before it.</summary>
    [MaxLength(16)]
    public IReadOnlyList<int>? InputAxes { get; init; }

    /// <summary>Axes whose sizes multiply to the number of outputs.</summary>
    [MaxLength(16)]
    public IReadOnlyList<int>? OutputAxes { get; init; }

    /// <summary>The same as variance scaling with its factor, fan and distribution.</summary>
    public abstract VarianceScaling ToVarianceScaling();

    /// <inheritdoc />
    public override void CheckShape(Shape shape)
    {
        if (InputAxes is null || OutputAxes is null)
            return;
        foreach (var (field, axes) in new[] { ("input_axes", InputAxes), ("output_axes", OutputAxes) })
        {
            if (axes.Any(axis => axis < -shape.Rank || axis >= shape.Rank))
                throw new SpecException($"expected axes of a weight of shape {shape}. Received: [{string.Join(", ", axes)}].", field);
        }
    }
}

/// <summary>All zeros.</summary>
public sealed record Zeros : InitializerSpec;

/// <summary>All ones.</summary>
public sealed record Ones : InitializerSpec;

/// <summary>One value everywhere.</summary>
/// <param name="Value">The value. Default: 0.</param>
public sealed record Constant(double Value = 0.0) : InitializerSpec;

/// <summary>Normal distribution.</summary>
/// <param name="Mean">Mean. Default: 0.</param>
/// <param name="Stddev">Standard deviation, 0 or more. Default: 0.05.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record RandomNormal(double Mean = 0.0, [Range(0.0, 1e30)] double Stddev = 0.05, long? Seed = null) : RandomInitializerSpec(Seed);

/// <summary>Uniform distribution over [minval, maxval).</summary>
/// <param name="Minval">Lower bound. Default: -0.05.</param>
/// <param name="Maxval">Upper bound, at least the lower one. Default: 0.05.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record RandomUniform(double Minval = -0.05, double Maxval = 0.05, long? Seed = null) : RandomInitializerSpec(Seed)
{
    /// <inheritdoc />
    public override void CheckFields()
    {
        if (Minval > Maxval)
            throw new SpecException($"expected maxval to be at least minval, {Minval}. Received: {Maxval}.", "maxval");
    }
}

/// <summary>Normal distribution cut at two standard deviations.</summary>
/// <param name="Mean">Mean. Default: 0.</param>
/// <param name="Stddev">Standard deviation before the cut, 0 or more. Default: 0.05.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record TruncatedNormal(double Mean = 0.0, [Range(0.0, 1e30)] double Stddev = 0.05, long? Seed = null) : RandomInitializerSpec(Seed);
