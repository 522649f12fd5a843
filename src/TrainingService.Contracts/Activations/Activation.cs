using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Activations;

/// <summary>Element-wise functions by Keras's names.</summary>
public enum Activation
{
    /// <summary><c>x</c>.</summary>
    Linear,

    /// <summary><c>max(x, 0)</c>.</summary>
    Relu,

    /// <summary><c>1 / (1 + exp(-x))</c>.</summary>
    Sigmoid,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh,

    /// <summary><c>exp(x) / Σ exp(x)</c> over the last axis.</summary>
    Softmax,

    /// <summary><c>log(1 + exp(x))</c>.</summary>
    Softplus,

    /// <summary><c>x</c> above 0, <c>exp(x) - 1</c> below.</summary>
    Elu,

    /// <summary>Gaussian error linear unit, the exact form.</summary>
    Gelu,

    /// <summary><c>x · sigmoid(x)</c>, also called swish.</summary>
    [AlsoNamed("swish")]
    Silu,
}
