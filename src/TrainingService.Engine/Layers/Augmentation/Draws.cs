using static TorchSharp.torch;

namespace TrainingService.Engine.Layers;

/// <summary>
/// Random numbers of an augmentation. They are drawn on the CPU and then moved, so that a GPU gives the same images, and so that choices that the
/// program itself makes (which change comes next) wait for no device.
/// </summary>
/// <param name="generator">Where they come from.</param>
/// <param name="device">Where tensors go.</param>
public sealed class Draws(Generator generator, Device device)
{
    /// <summary>Where tensors go.</summary>
    public Device Device => device;

    /// <summary>Uniform from the lower to the upper end.</summary>
    public Tensor Uniform((double Lower, double Upper) range, params ReadOnlySpan<long> shape) => OnCpu(range, shape).to(device);

    /// <summary>Whether each row is changed: with a chance that is itself drawn from a range.</summary>
    public Tensor Chosen((double Lower, double Upper) chance, long rows)
    {
        var probability = OnCpu(chance, [rows]);
        return OnCpu((0, 1), [rows]).less(probability).to(device);
    }

    /// <summary>Standard normal.</summary>
    public Tensor Normal(params ReadOnlySpan<long> shape) => empty(shape).normal_(0, 1, generator).to(device);

    /// <summary>Plus or minus one with equal chance.</summary>
    public Tensor Signs(params ReadOnlySpan<long> shape) => (1 - 2 * OnCpu((0, 1), shape).greater(0.5).to(float32)).to(device);

    /// <summary>Whole numbers from the lower end to below the upper.</summary>
    public Tensor Integers(long lower, long upper, long count) => randint(lower, upper, count, int64, generator: generator).to(device);

    /// <summary>The numbers from 0 in random order.</summary>
    public Tensor Permutation(long count) => randperm(count, int64, generator: generator).to(device);

    /// <summary>Beta distribution with both parameters alike.</summary>
    public Tensor Beta(double alpha, params ReadOnlySpan<long> shape)
    {
        // In double precision: with a small parameter both gamma samples may underflow in single.
        var first = _standard_gamma(full(shape, alpha, float64), generator).clamp_min(1e-300);
        var second = _standard_gamma(full(shape, alpha, float64), generator).clamp_min(1e-300);
        return (first / (first + second)).to(float32).to(device);
    }

    /// <summary>Weights that add up to one: a symmetric Dirichlet distribution.</summary>
    public float[] Dirichlet(double alpha, int count)
    {
        var gamma = _standard_gamma(full(count, alpha, float64), generator).clamp_min(1e-300);
        return (gamma / gamma.sum()).to(float32).data<float>().ToArray();
    }

    /// <summary>One number that the program uses.</summary>
    public double Number((double Lower, double Upper) range) => OnCpu(range, []).item<float>();

    /// <summary>One whole number from 0 to below the count, for the program.</summary>
    public int Choice(int count) => (int)randint(0, count, 1, int64, generator: generator).item<long>();

    private Tensor OnCpu((double Lower, double Upper) range, ReadOnlySpan<long> shape) =>
        empty(shape).uniform_(0, 1, generator).mul_(range.Upper - range.Lower).add_(range.Lower);
}
