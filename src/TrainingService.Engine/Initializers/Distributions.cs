using TorchSharp;
using static TorchSharp.torch;

namespace TrainingService.Engine.Initializers;

/// <summary>Samples and sizes that initializers share.</summary>
public static class Distributions
{
    /// <summary>Standard deviation of a standard normal cut at ±2; variance-scaled initializers divide by it.</summary>
    public const double TruncatedStddev = 0.87962566103423978;

    private const double MassBelowMinusTwo = 0.022750131948179195; // Φ(-2)

    /// <summary>Normal samples.</summary>
    public static Tensor Normal(long[] shape, double mean, double stddev, Generator generator) =>
        empty(shape).normal_(mean, stddev, generator);

    /// <summary>Uniform samples over [low, high).</summary>
    public static Tensor Uniform(long[] shape, double low, double high, Generator generator) =>
        empty(shape).uniform_(low, high, generator);

    /// <summary>Normal samples within two standard deviations, by the inverse of the distribution function.</summary>
    public static Tensor TruncatedNormal(long[] shape, double mean, double stddev, Generator generator) =>
        empty(shape, float64).uniform_(2 * MassBelowMinusTwo - 1, 1 - 2 * MassBelowMinusTwo, generator)
            .erfinv_().mul_(Math.Sqrt(2) * stddev).add_(mean).to(float32);

    /// <summary>Inputs and outputs of one unit, from a shape in Keras's layout: <c>(…, in, out)</c>, or from the axes that are said to be them.</summary>
    public static (double In, double Out) Fans(IReadOnlyList<long> shape, IReadOnlyList<int>? inputAxes = null, IReadOnlyList<int>? outputAxes = null)
    {
        if (inputAxes is not null && outputAxes is not null)
            return (Product(inputAxes), Product(outputAxes));
        switch (shape.Count)
        {
            case 0:
                return (1, 1);
            case 1:
                return (shape[0], shape[0]);
        }
        var field = shape.Take(shape.Count - 2).Aggregate(1.0, (product, size) => product * size);
        return (shape[^2] * field, shape[^1] * field);

        double Product(IReadOnlyList<int> axes) => axes.Aggregate(1.0, (product, axis) => product * shape[axis < 0 ? axis + shape.Count : axis]);
    }
}
