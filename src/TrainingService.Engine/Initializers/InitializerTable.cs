using TorchSharp;
using TrainingService.Contracts.Initializers;
using static TorchSharp.torch;

namespace TrainingService.Engine.Initializers;

/// <summary>First values of weights, with Keras's numbers. Every draw comes from an explicit generator.</summary>
public static class InitializerTable
{
    private delegate Tensor Fill(InitializerSpec spec, long[] shape, Generator generator);

    /// <summary>Every initializer: the record and what it computes.</summary>
    private static readonly Dictionary<Type, Fill> Table = new()
    {
        [typeof(Zeros)] = (_, shape, _) => zeros(shape),
        [typeof(Ones)] = (_, shape, _) => ones(shape),
        [typeof(Constant)] = Of<Constant>((spec, shape, _) => full(shape, spec.Value, float32)),
        [typeof(RandomNormal)] = Of<RandomNormal>((spec, shape, g) => Distributions.Normal(shape, spec.Mean, spec.Stddev, g)),
        [typeof(RandomUniform)] = Of<RandomUniform>((spec, shape, g) => Distributions.Uniform(shape, spec.Minval, spec.Maxval, g)),
        [typeof(TruncatedNormal)] = Of<TruncatedNormal>((spec, shape, g) => Distributions.TruncatedNormal(shape, spec.Mean, spec.Stddev, g)),
        [typeof(VarianceScaling)] = Scaled,
        [typeof(GlorotUniform)] = Scaled,
        [typeof(GlorotNormal)] = Scaled,
        [typeof(HeUniform)] = Scaled,
        [typeof(HeNormal)] = Scaled,
        [typeof(LecunUniform)] = Scaled,
        [typeof(LecunNormal)] = Scaled,
        [typeof(Orthogonal)] = Of<Orthogonal>(Matrices.Orthogonal),
        [typeof(IdentityMatrix)] = Of<IdentityMatrix>((spec, shape, _) => eye(shape[0], shape[1]).mul(spec.Gain)),
        [typeof(Stft)] = Of<Stft>((spec, shape, _) => Matrices.Stft(spec, shape)),
    };

    /// <summary>The records that are covered.</summary>
    public static IReadOnlyCollection<Type> Covered => Table.Keys;

    /// <summary>Values of a shape, on the CPU.</summary>
    /// <param name="spec">Which initializer; a seed of its own wins over the job's.</param>
    /// <param name="shape">Keras's layout; it decides the fans.</param>
    /// <param name="seed">Seed for this weight, derived from the job's.</param>
    public static Tensor Create(InitializerSpec spec, IReadOnlyList<long> shape, ulong seed)
    {
        if (!Table.TryGetValue(spec.GetType(), out var fill))
            throw new NotSupportedException($"No initializer computes {spec.GetType().Name}.");
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var generator = new Generator(spec is RandomInitializerSpec { Seed: { } own } ? (ulong)own : seed, CPU);
        return fill(spec, [.. shape], generator).MoveToOuterDisposeScope();
    }

    private static Tensor Scaled(InitializerSpec spec, long[] shape, Generator generator) =>
        Scale(((ScaledInitializerSpec)spec).ToVarianceScaling(), shape, generator);

    private static Tensor Scale(VarianceScaling spec, long[] shape, Generator generator)
    {
        var (fanIn, fanOut) = Distributions.Fans(shape, spec.InputAxes, spec.OutputAxes);
        var fan = spec.Mode switch
        {
            FanMode.FanIn => fanIn,
            FanMode.FanOut => fanOut,
            _ => (fanIn + fanOut) / 2,
        };
        var variance = spec.Scale / Math.Max(1.0, fan);
        return spec.Distribution switch
        {
            ScalingDistribution.TruncatedNormal => Distributions.TruncatedNormal(shape, 0, Math.Sqrt(variance) / Distributions.TruncatedStddev, generator),
            ScalingDistribution.UntruncatedNormal => Distributions.Normal(shape, 0, Math.Sqrt(variance), generator),
            _ => Distributions.Uniform(shape, -Math.Sqrt(3 * variance), Math.Sqrt(3 * variance), generator),
        };
    }

    private static Fill Of<T>(Func<T, long[], Generator, Tensor> fill) where T : InitializerSpec =>
        (spec, shape, generator) => fill((T)spec, shape, generator);
}
