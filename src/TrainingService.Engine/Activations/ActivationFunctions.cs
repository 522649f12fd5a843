using static TorchSharp.torch;
using Functional = TorchSharp.torch.nn.functional;

namespace TrainingService.Engine.Activations;

/// <summary>Keras's activation functions with their arguments. Each gives a tensor of the input's shape, but for <see cref="Glu"/>.</summary>
public static class ActivationFunctions
{
    /// <summary><c>x</c> above the threshold and at most the maximum; below, <c>slope · (x - threshold)</c>. At the threshold itself: 0 or below.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="negativeSlope">Default: 0.</param>
    /// <param name="maxValue">Default: none.</param>
    /// <param name="threshold">Default: 0.</param>
    public static Tensor Relu(Tensor x, double negativeSlope = 0, double? maxValue = null, double threshold = 0)
    {
        if (threshold == 0 && maxValue is null)
            return negativeSlope == 0 ? x.relu() : x.leaky_relu(negativeSlope);
        var positive = threshold != 0 ? x.where(x > threshold, zeros_like(x))
            : maxValue == 6 ? x.relu6() : x.relu();
        if (maxValue is { } limit && !(threshold == 0 && limit == 6))
            positive = positive.clamp(0, limit);
        return negativeSlope == 0 ? positive : positive - negativeSlope * (threshold - x).relu();
    }

    /// <summary><c>x</c> above 0, <c>slope · x</c> below.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="negativeSlope">Default: 0.2; the layer LeakyReLU has 0.3.</param>
    public static Tensor LeakyRelu(Tensor x, double negativeSlope = 0.2) => x.leaky_relu(negativeSlope);

    /// <summary><c>x</c> above 0, <c>alpha · (exp(x) - 1)</c> below.</summary>
    public static Tensor Elu(Tensor x, double alpha = 1) => x.elu(alpha);

    /// <summary><c>max(x, 0) + alpha · (exp(min(x, 0) / alpha) - 1)</c>.</summary>
    public static Tensor Celu(Tensor x, double alpha = 1) => x.celu(alpha);

    /// <summary><c>x · Φ(x)</c>, or its approximation by tanh.</summary>
    public static Tensor Gelu(Tensor x, bool approximate = false) =>
        approximate ? Functional.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh) : x.gelu();

    /// <summary>First half of an axis times the sigmoid of its second half: (…, 2n, …) → (…, n, …).</summary>
    public static Tensor Glu(Tensor x, int axis = -1) => x.glu(axis);

    /// <summary><c>exp(x) / Σ exp(x)</c> over an axis.</summary>
    public static Tensor Softmax(Tensor x, int axis = -1) => x.softmax(axis);

    /// <summary><c>x - log Σ exp(x)</c> over an axis.</summary>
    public static Tensor LogSoftmax(Tensor x, int axis = -1) => x.log_softmax(axis);

    /// <summary><c>max(x - τ, 0)</c> over an axis; τ is Keras's, from the cumulated sums of all entries of the support.</summary>
    public static Tensor Sparsemax(Tensor x, int axis = -1)
    {
        var (sorted, _) = x.sort(axis, descending: true);
        var sums = sorted.cumsum(axis);
        var position = Enumerable.Repeat(1L, (int)x.dim()).ToArray();
        position[axis < 0 ? axis + x.dim() : axis] = -1;
        var rank = arange(1, x.size(axis) + 1, dtype: x.dtype, device: x.device).view(position);
        var support = sorted - (sums - 1) / rank > 0;
        var tau = (sums.where(support, zeros_like(sums)).sum(axis, keepdim: true) - 1) / support.sum(axis, keepdim: true);
        return (x - tau).relu();
    }

    /// <summary><c>(x + √(x² + b)) / 2</c>.</summary>
    public static Tensor Squareplus(Tensor x, double b = 4) => (x + (x.square() + b).sqrt()) / 2;

    /// <summary><c>x</c> where <c>|x| &gt; threshold</c>, else 0.</summary>
    public static Tensor HardShrink(Tensor x, double threshold = 0.5) => Functional.hardshrink(x, threshold);

    /// <summary><c>x</c> brought nearer to 0 by the threshold, and 0 within it.</summary>
    public static Tensor SoftShrink(Tensor x, double threshold = 0.5) => Functional.softshrink(x, threshold);

    /// <summary><c>x</c> above the threshold, else the default value.</summary>
    public static Tensor Threshold(Tensor x, double threshold, double defaultValue) => Functional.threshold(x, threshold, defaultValue);

    /// <summary>0 up to -1, <c>(x + 1)² / 4</c> up to 1, <c>x</c> above.</summary>
    public static Tensor SparsePlus(Tensor x) => ((x.clamp(-1, 1) + 1).square() / 4).where(x < 1, x);

    /// <summary><c>min(max(x + 1, 0), 2) / 2</c>.</summary>
    public static Tensor SparseSigmoid(Tensor x) => ((x + 1) / 2).clamp(0, 1);
}
