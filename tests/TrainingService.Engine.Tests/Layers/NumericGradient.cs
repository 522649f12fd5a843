using static TorchSharp.torch;

namespace TrainingService.Engine.Tests.Layers;

/// <summary>Compares a gradient with differences of the function, in double precision.</summary>
internal static class NumericGradient
{
    private const int MostElements = 24;
    private const double Step = 1e-5, Absolute = 1e-7, Relative = 1e-5;

    /// <param name="variable">What the function depends on; its values are moved and put back.</param>
    /// <param name="gradient">Autograd's; null is zero.</param>
    /// <param name="function">Computes the function.</param>
    /// <param name="what">For the complaint.</param>
    public static void Check(Tensor variable, Tensor? gradient, Func<double> function, string what)
    {
        using var noGrad = no_grad();
        var values = variable.detach();
        var flat = gradient?.reshape(-1);
        var stride = Math.Max(1, values.numel() / MostElements);
        for (long element = 0; element < values.numel(); element += stride)
        {
            var (above, below) = (Moved(values, element, Step, function), Moved(values, element, -Step, function));
            var expected = (above - below) / (2 * Step);
            var received = flat is null ? 0 : flat[element].item<double>();
            Assert.True(
                Math.Abs(expected - received) <= Absolute + Relative * Math.Max(1, Math.Abs(expected)),
                $"{what}: the gradient of element {element} of a variable of shape ({string.Join(", ", values.shape)}) is {received}, differences say {expected}");
        }
    }

    private static double Moved(Tensor values, long element, double by, Func<double> function)
    {
        // Any layout in memory: one element is moved through its indices.
        var place = values;
        foreach (var index in Indices(values.shape, element))
            place = place[index];
        place.add_(by);
        var result = function();
        place.sub_(by);
        return result;
    }

    private static IEnumerable<long> Indices(long[] shape, long element)
    {
        var rest = shape.Aggregate(1L, (product, size) => product * size);
        foreach (var size in shape)
        {
            rest /= size;
            yield return element / rest;
            element %= rest;
        }
    }
}
