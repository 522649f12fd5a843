using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Optimizers;

/// <summary>Stochastic gradient descent; with momentum Keras's form <c>v = μ·v - lr·g; w += v</c>. Learning rate 0.01.</summary>
/// <param name="Momentum">0 to 1. Default: 0.</param>
/// <param name="Nesterov">Look ahead along the momentum. Default: false.</param>
[ClassName("SGD")]
public sealed record Sgd([Range(0.0, 1.0)] double Momentum = 0.0, bool Nesterov = false) : UpdateRuleSpec(0.01)
{
    /// <inheritdoc />
    protected override int RuleSlots => Momentum > 0 ? 1 : 0;
}

/// <summary>RMSprop (Hinton, 2012): <c>w -= lr·g / √(v + ε)</c>, with epsilon inside the root. Learning rate 0.001.</summary>
/// <param name="Rho">Part of the mean square that is kept, 0 to 1. Default: 0.9.</param>
/// <param name="Momentum">0 to 1. Default: 0.</param>
/// <param name="Epsilon">0 or more. Default: 1e-7.</param>
/// <param name="Centered">Divide by the estimated variance instead of the mean square. Default: false.</param>
[ClassName("RMSprop")]
public sealed record RmsProp(
    [Range(0.0, 1.0)] double Rho = 0.9, [Range(0.0, 1.0)] double Momentum = 0.0, [Range(0.0, 1e30)] double Epsilon = 1e-7, bool Centered = false)
    : UpdateRuleSpec(0.001)
{
    /// <inheritdoc />
    protected override int RuleSlots => 1 + (Momentum > 0 ? 1 : 0) + (Centered ? 1 : 0);
}

/// <summary>Lion (Chen et al., 2023): <c>w -= lr · sign(β₁·m + (1-β₁)·g); m = β₂·m + (1-β₂)·g</c>. Learning rate 0.001.</summary>
/// <param name="Beta1">Above 0, to 1. Default: 0.9.</param>
/// <param name="Beta2">0 to 1. Default: 0.99.</param>
public sealed record Lion(
    [WireName("beta_1")][Range(double.Epsilon, 1.0)] double Beta1 = 0.9, [WireName("beta_2")][Range(0.0, 1.0)] double Beta2 = 0.99) : UpdateRuleSpec(0.001)
{
    /// <inheritdoc />
    protected override int RuleSlots => 1;
}
