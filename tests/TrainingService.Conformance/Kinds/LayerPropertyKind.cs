using System.Text.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Random;
using static TorchSharp.torch;

namespace TrainingService.Conformance.Kinds;

/// <summary>Statistical facts of a layer that draws: five standard errors are allowed.</summary>
internal static class LayerPropertyKind
{
    private const double Errors = 5, Rounding = 1e-5;

    public static void Check(ConformanceCase given)
    {
        var spec = given.Spec<LayerSpec>();
        long[] shape = [.. given["input_shape"].EnumerateArray().Select(size => size.GetInt64())];
        var x = given["input"].ValueKind == JsonValueKind.String && given["input"].GetString() == "all ones" ? ones(shape) : Tensors.Read(given["input"]);
        using var noGrad = no_grad();
        using var layer = LayerTable.Build(spec, new LayerContext("layer", new Shape(shape.Select(size => (long?)size)), spec.Trainable, new RandomStreams(1), CPU));

        var y = layer.Apply(new KerasTensor(x), new CallContext(given["training"].GetBoolean())).Value;

        ConformanceCase.Same(string.Join(", ", shape), string.Join(", ", y.shape), "output shape");
        double draws = y.numel();
        if (given.Has("constant_along_axes", out var axes))
        {
            foreach (var axis in axes.EnumerateArray().Select(axis => axis.GetInt32()))
            {
                draws /= y.shape[axis];
                if (!y.eq(y.narrow(axis, 0, 1)).all().item<bool>())
                    throw new DifferenceException($"expected one draw along axis {axis}. Received: several.");
            }
        }
        var values = Tensors.Values(y);
        double[] allowed = given.Has("values_are_in", out var list) ? [.. list.EnumerateArray().Select(Tensors.Number)] : [];
        if (allowed.Length > 0 && values.FirstOrDefault(value => !allowed.Any(each => Near(value, each)), double.NaN) is var other && !double.IsNaN(other))
            throw new DifferenceException($"expected values out of {string.Join(", ", allowed)}. Received: {other:R}.");
        if (given.Has("expected_fraction_zero", out var fraction))
            CheckShare(values.Count(value => value == 0), fraction.GetDouble(), "zeros");
        if (given.Has("expected_fraction_dropped", out fraction))
            CheckShare(values.Count(value => Near(value, allowed[0])), fraction.GetDouble(), "dropped values");
        var deviation = given.Has("expected_stddev", out var stddev) ? stddev.GetDouble() : Deviation(values);
        if (given.Has("expected_mean", out var mean))
            CheckNear(mean.GetDouble(), values.Average(), deviation / Math.Sqrt(draws), "mean");
        if (stddev.ValueKind == JsonValueKind.Number)
            CheckNear(deviation, Deviation(values), deviation / Math.Sqrt(2 * draws), "standard deviation");

        void CheckShare(int count, double expected, string what) =>
            CheckNear(expected, count / (double)values.Length, Math.Sqrt(expected * (1 - expected) / draws), $"share of {what}");
    }

    private static bool Near(double value, double expected) => Math.Abs(value - expected) <= Rounding * Math.Max(1, Math.Abs(expected));

    private static double Deviation(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }

    private static void CheckNear(double expected, double actual, double error, string what)
    {
        if (Math.Abs(actual - expected) > Errors * error + Rounding)
            throw new DifferenceException($"{what}: expected {expected} (± {Errors * error:G3}). Received: {actual}.");
    }
}
