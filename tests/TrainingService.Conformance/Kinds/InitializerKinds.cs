using TrainingService.Contracts.Initializers;
using TrainingService.Engine.Initializers;
using static TorchSharp.torch;

namespace TrainingService.Conformance.Kinds;

/// <summary>Initializers: exact values, or the distribution of the samples.</summary>
internal static class InitializerKinds
{
    /// <summary>So many samples tell a standard deviation to 2 %.</summary>
    private const int Samples = 40_000;

    public static void CheckExact(ConformanceCase given) =>
        given.Close(Tensors.Read(given["expected"]), InitializerTable.Create(given.Spec<InitializerSpec>(), Shape(given), seed: 1), "values");

    public static void CheckStatistics(ConformanceCase given)
    {
        var spec = given.Spec<InitializerSpec>();
        var (shape, expected) = (Shape(given), given["expected"]);
        if (expected.Has("fan_in", out var fanIn) && spec is ScaledInitializerSpec scaled)
        {
            var fans = Distributions.Fans(shape, scaled.InputAxes, scaled.OutputAxes);
            ConformanceCase.Same((fanIn.GetDouble(), expected.GetProperty("fan_out").GetDouble()), fans, "fans");
        }
        if (expected.Has("property", out _))
            CheckOrthonormal(InitializerTable.Create(spec, shape, seed: 1), expected.GetProperty("gain").GetDouble());
        if (expected.Has("stddev", out var stddev))
            CheckSamples(Draw(spec, shape), stddev.GetDouble(), Bound(expected, "minval"), Bound(expected, "maxval"), Bound(expected, "mean") ?? 0);

        double? Bound(System.Text.Json.JsonElement json, string name) => json.Has(name, out var value) ? Tensors.Number(value) : null;
    }

    /// <summary>Many tensors of the shape, because the spread of a small one says little; the fans stay those of the shape.</summary>
    private static Tensor Draw(InitializerSpec spec, long[] shape)
    {
        var rounds = (int)(Samples / shape.Aggregate(1L, (product, size) => product * size)) + 1;
        return cat([.. Enumerable.Range(0, rounds).Select(seed => InitializerTable.Create(spec, shape, (ulong)seed).view(-1))]);
    }

    private static void CheckSamples(Tensor samples, double stddev, double? low, double? high, double mean)
    {
        InRange(samples.std().item<float>(), 0.98 * stddev, 1.02 * stddev, "standard deviation");
        InRange(samples.mean().item<float>(), mean - 0.03 * stddev, mean + 0.03 * stddev, "mean");
        if (low is not { } least || high is not { } most)
            return;
        var slack = 1e-6 * Math.Max(Math.Abs(least), Math.Abs(most));
        InRange(samples.min().item<float>(), least - slack, least + 0.1 * (most - least), "smallest sample");
        InRange(samples.max().item<float>(), most - 0.1 * (most - least), most + slack, "largest sample");
    }

    private static void CheckOrthonormal(Tensor values, double gain)
    {
        var matrix = values.reshape(-1, values.shape[^1]); // (rows, columns)
        var product = matrix.shape[0] < matrix.shape[1] ? mm(matrix, matrix.t()) : mm(matrix.t(), matrix);
        var off = (product - eye(product.shape[0]) * (gain * gain)).abs().max().item<float>();
        InRange(off, 0, 1e-5 * gain * gain, "distance from orthonormal");
    }

    private static void InRange(double value, double low, double high, string what)
    {
        if (!(value >= low && value <= high))
            throw new DifferenceException($"{what}: expected {low:R} to {high:R}. Received: {value:R}.");
    }

    private static long[] Shape(ConformanceCase given) => [.. given["shape"].EnumerateArray().Select(size => size.GetInt64())];
}
