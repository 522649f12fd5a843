using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Activations;

/// <summary>Activation functions by Keras's names, each with Keras's defaults for its arguments; layers such as LeakyReLU take arguments of their own.</summary>
/// <remarks>Keras's <c>threshold</c> has arguments without defaults and cannot be named alone, there either.</remarks>
public enum Activation
{
    /// <summary><c>x</c>.</summary>
    Linear,

    /// <summary><c>max(x, 0)</c>.</summary>
    Relu,

    /// <summary><c>min(max(x, 0), 6)</c>.</summary>
    Relu6,

    /// <summary><c>x</c> above 0, <c>0.2 · x</c> below.</summary>
    LeakyRelu,

    /// <summary><c>x</c> above 0, <c>exp(x) - 1</c> below.</summary>
    Elu,

    /// <summary><c>max(x, 0) + min(exp(x) - 1, 0)</c>.</summary>
    Celu,

    /// <summary><c>1.0507 · x</c> above 0, <c>1.7581 · (exp(x) - 1)</c> below (Klambauer et al., 2017).</summary>
    Selu,

    /// <summary>Gaussian error linear unit, the exact form: <c>x · Φ(x)</c>.</summary>
    Gelu,

    /// <summary>First half of the last axis times the sigmoid of its second half; the axis is halved.</summary>
    Glu,

    /// <summary><c>1 / (1 + exp(-x))</c>.</summary>
    Sigmoid,

    /// <summary><c>min(max(x + 3, 0), 6) / 6</c>.</summary>
    HardSigmoid,

    /// <summary><c>log(sigmoid(x))</c>.</summary>
    LogSigmoid,

    /// <summary><c>min(max(x + 1, 0), 2) / 2</c>.</summary>
    SparseSigmoid,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh,

    /// <summary><c>min(max(x, -1), 1)</c>.</summary>
    HardTanh,

    /// <summary><c>x - tanh(x)</c>.</summary>
    TanhShrink,

    /// <summary><c>exp(x) / Σ exp(x)</c> over the last axis.</summary>
    [AlsoNamed("softmax_v2")]
    Softmax,

    /// <summary><c>x - log Σ exp(x)</c> over the last axis.</summary>
    LogSoftmax,

    /// <summary>Sparse relative of softmax over the last axis (Martins and Astudillo, 2016), with Keras's threshold.</summary>
    Sparsemax,

    /// <summary><c>log(1 + exp(x))</c>.</summary>
    Softplus,

    /// <summary><c>x / (1 + |x|)</c>.</summary>
    Softsign,

    /// <summary><c>x · sigmoid(x)</c>, also called swish.</summary>
    [AlsoNamed("swish")]
    Silu,

    /// <summary><c>x · hard_sigmoid(x)</c>, also called hard_swish.</summary>
    [AlsoNamed("hard_swish")]
    HardSilu,

    /// <summary><c>x · tanh(softplus(x))</c>.</summary>
    Mish,

    /// <summary><c>exp(x)</c>.</summary>
    Exponential,

    /// <summary><c>(x + √(x² + 4)) / 2</c>.</summary>
    Squareplus,

    /// <summary><c>x</c> where <c>|x| &gt; 0.5</c>, else 0.</summary>
    HardShrink,

    /// <summary><c>x - 0.5</c> above 0.5, <c>x + 0.5</c> below -0.5, else 0.</summary>
    SoftShrink,

    /// <summary>0 up to -1, <c>(x + 1)² / 4</c> up to 1, <c>x</c> above.</summary>
    SparsePlus,
}
