using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>A layer that changes its input at random while training and is the identity otherwise.</summary>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public abstract record RandomLayer(long? Seed) : ElementwiseLayer
{
    /// <inheritdoc />
    public override IReadOnlyList<string> CallParameters => LayerCalls.WithTraining;
}

/// <summary>While training, sets a share of the values to zero and scales the rest by <c>1 / (1 - rate)</c>; otherwise the identity.</summary>
/// <param name="Rate">Share to drop, 0 to 1.</param>
/// <param name="NoiseShape">Shape of what is drawn, with the batch axis; 1 shares the draw along that axis, null takes the input's size. Default: the input's shape.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record Dropout([Range(0.0, 1.0)] double Rate, Shape? NoiseShape = null, long? Seed = null) : RandomLayer(Seed)
{
    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => Noise.Check(NoiseShape, input);
}

/// <summary>Dropout that keeps mean and variance: what is dropped takes selu's lowest value, and the whole is scaled and shifted (Klambauer et al., 2017).</summary>
/// <param name="Rate">Share to drop, 0 to 1.</param>
/// <param name="NoiseShape">Shape of what is drawn, with the batch axis; 1 shares the draw along that axis, null takes the input's size. Default: the input's shape.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record AlphaDropout([Range(0.0, 1.0)] double Rate, Shape? NoiseShape = null, long? Seed = null) : RandomLayer(Seed)
{
    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => Noise.Check(NoiseShape, input);
}

/// <summary>While training, multiplies by samples of mean 1 and variance <c>rate / (1 - rate)</c>; otherwise the identity.</summary>
/// <param name="Rate">0 to below 1.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record GaussianDropout([Range(0.0, 1.0)] double Rate, long? Seed = null) : RandomLayer(Seed)
{
    /// <inheritdoc />
    public override void CheckFields()
    {
        if (Rate == 1)
            throw new SpecException($"expected a rate below 1: the noise's variance is rate / (1 - rate). Received: {Rate}.", "rate");
    }
}

/// <summary>While training, adds samples of mean 0; otherwise the identity.</summary>
/// <param name="Stddev">Standard deviation of the samples, 0 to 1.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record GaussianNoise([Range(0.0, 1.0)] double Stddev, long? Seed = null) : RandomLayer(Seed);

/// <summary>Shapes of what a layer draws.</summary>
public static class Noise
{
    /// <summary>The input's shape, when a noise of the given shape broadcasts to it.</summary>
    /// <exception cref="SpecException">It does not.</exception>
    public static Shape Check(Shape? noise, Shape input)
    {
        if (noise is null)
            return input;
        if (noise.Rank != input.Rank || noise.Zip(input).Any(pair => pair is { First: not (null or 1), Second: not null } && pair.First != pair.Second))
            throw new SpecException($"expected for every axis of {input} its size, 1 or null. Received: {noise}.", "noise_shape");
        return input;
    }
}
