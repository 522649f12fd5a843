using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Optimizers;

/// <summary>How weights move along their gradients.</summary>
public abstract record OptimizerSpec : KerasSpec
{
    /// <summary>Step size before any callback changes it.</summary>
    public abstract double InitialLearningRate { get; }

    /// <summary>Tensors of a weight's size that the optimizer keeps per weight; for the memory estimate.</summary>
    public abstract int SlotsPerWeight { get; }

    /// <summary>Largest norm of each weight's gradient, or null.</summary>
    public abstract double? Clipnorm { get; init; }

    /// <summary>Largest norm of all gradients together, or null.</summary>
    public abstract double? GlobalClipnorm { get; init; }

    /// <summary>Largest absolute value in a gradient, or null.</summary>
    public abstract double? Clipvalue { get; init; }
}

/// <summary>Adam (Kingma and Ba, 2014) with Keras's epsilon, outside the bias correction: <c>w -= lr·√(1-β₂ᵗ)/(1-β₁ᵗ) · m / (√v + ε)</c>.</summary>
/// <param name="LearningRate">Above 0. Default: 0.001.</param>
/// <param name="Beta1">Decay of the first moment. Default: 0.9.</param>
/// <param name="Beta2">Decay of the second moment. Default: 0.999.</param>
/// <param name="Epsilon">Default: 1e-7.</param>
/// <param name="Amsgrad">Keep the largest second moment. Default: false.</param>
/// <param name="WeightDecay">Decoupled decay, <c>w -= w·wd·lr</c> before the step. Default: none.</param>
/// <param name="Clipnorm">Largest norm of each weight's gradient. Default: none; only one of the three clips.</param>
/// <param name="GlobalClipnorm">Largest norm of all gradients together. Default: none.</param>
/// <param name="Clipvalue">Largest absolute value in a gradient. Default: none.</param>
/// <param name="UseEma">Only false.</param>
/// <param name="LossScaleFactor">Only null.</param>
/// <param name="GradientAccumulationSteps">Only null.</param>
/// <param name="Decay">Keras 2's decay of the learning rate; only 0.</param>
[Ignores("name", "ema_momentum", "ema_overwrite_frequency", "jit_compile", "is_legacy_optimizer")]
public sealed record Adam(
    [AlsoNamed("lr")][Range(double.Epsilon, 1e6)] double LearningRate = 0.001,
    [WireName("beta_1")][Range(0.0, 1.0)] double Beta1 = 0.9,
    [WireName("beta_2")][Range(0.0, 1.0)] double Beta2 = 0.999,
    [Range(0.0, 1.0)] double Epsilon = 1e-7,
    bool Amsgrad = false,
    [Range(0.0, 1e6)] double? WeightDecay = null,
    [Range(double.Epsilon, 1e30)] double? Clipnorm = null,
    [Range(double.Epsilon, 1e30)] double? GlobalClipnorm = null,
    [Range(double.Epsilon, 1e30)] double? Clipvalue = null,
    [DefaultOnly] bool UseEma = false,
    [DefaultOnly] object? LossScaleFactor = null,
    [DefaultOnly] object? GradientAccumulationSteps = null,
    [DefaultOnly] double Decay = 0.0) : OptimizerSpec
{
    /// <inheritdoc />
    public override double InitialLearningRate => LearningRate;

    /// <inheritdoc />
    public override int SlotsPerWeight => Amsgrad ? 3 : 2;
}

/// <summary>Stochastic gradient descent; with momentum Keras's form <c>v = μ·v - lr·g; w += v</c>.</summary>
/// <param name="LearningRate">Above 0. Default: 0.01.</param>
/// <param name="Momentum">0 to 1. Default: 0.</param>
/// <param name="Nesterov">Look ahead along the momentum. Default: false.</param>
/// <param name="WeightDecay">Decoupled decay, <c>w -= w·wd·lr</c> before the step. Default: none.</param>
/// <param name="Clipnorm">Largest norm of each weight's gradient. Default: none; only one of the three clips.</param>
/// <param name="GlobalClipnorm">Largest norm of all gradients together. Default: none.</param>
/// <param name="Clipvalue">Largest absolute value in a gradient. Default: none.</param>
/// <param name="UseEma">Only false.</param>
/// <param name="LossScaleFactor">Only null.</param>
/// <param name="GradientAccumulationSteps">Only null.</param>
/// <param name="Decay">Keras 2's decay of the learning rate; only 0.</param>
[ClassName("SGD")]
[Ignores("name", "ema_momentum", "ema_overwrite_frequency", "jit_compile", "is_legacy_optimizer")]
public sealed record Sgd(
    [AlsoNamed("lr")][Range(double.Epsilon, 1e6)] double LearningRate = 0.01,
    [Range(0.0, 1.0)] double Momentum = 0.0,
    bool Nesterov = false,
    [Range(0.0, 1e6)] double? WeightDecay = null,
    [Range(double.Epsilon, 1e30)] double? Clipnorm = null,
    [Range(double.Epsilon, 1e30)] double? GlobalClipnorm = null,
    [Range(double.Epsilon, 1e30)] double? Clipvalue = null,
    [DefaultOnly] bool UseEma = false,
    [DefaultOnly] object? LossScaleFactor = null,
    [DefaultOnly] object? GradientAccumulationSteps = null,
    [DefaultOnly] double Decay = 0.0) : OptimizerSpec
{
    /// <inheritdoc />
    public override double InitialLearningRate => LearningRate;

    /// <inheritdoc />
    public override int SlotsPerWeight => Momentum > 0 ? 1 : 0;
}
