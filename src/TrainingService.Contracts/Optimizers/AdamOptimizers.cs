using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Optimizers;

/// <summary>
/// Adam (Kingma and Ba, 2014) with Keras's epsilon, outside the bias correction: <c>w -= lr·√(1-β₂ᵗ)/(1-β₁ᵗ) · m / (√v + ε)</c>.
/// Learning rate 0.001.
/// </summary>
/// <param name="Beta1">Decay of the first moment, 0 to below 1. Default: 0.9.</param>
/// <param name="Beta2">Decay of the second moment, 0 to below 1. Default: 0.999.</param>
/// <param name="Epsilon">0 or more. Default: 1e-7.</param>
/// <param name="Amsgrad">Keep the largest second moment (Reddi et al., 2018). Default: false.</param>
public sealed record Adam(
    [WireName("beta_1")][Range(0.0, Betas.Largest)] double Beta1 = 0.9, [WireName("beta_2")][Range(0.0, Betas.Largest)] double Beta2 = 0.999,
    [Range(0.0, 1e30)] double Epsilon = 1e-7, bool Amsgrad = false) : UpdateRuleSpec(0.001)
{
    /// <inheritdoc />
    protected override int RuleSlots => Amsgrad ? 3 : 2;
}

/// <summary>Adam with a weight decay of 0.004 (Loshchilov and Hutter, 2017). Learning rate 0.001.</summary>
/// <param name="Beta1">Decay of the first moment, 0 to below 1. Default: 0.9.</param>
/// <param name="Beta2">Decay of the second moment, 0 to below 1. Default: 0.999.</param>
/// <param name="Epsilon">0 or more. Default: 1e-7.</param>
/// <param name="Amsgrad">Keep the largest second moment. Default: false.</param>
public sealed record AdamW(
    [WireName("beta_1")][Range(0.0, Betas.Largest)] double Beta1 = 0.9, [WireName("beta_2")][Range(0.0, Betas.Largest)] double Beta2 = 0.999,
    [Range(0.0, 1e30)] double Epsilon = 1e-7, bool Amsgrad = false) : UpdateRuleSpec(0.001, 0.004)
{
    /// <inheritdoc />
    protected override int RuleSlots => Amsgrad ? 3 : 2;

    /// <inheritdoc />
    public override void CheckFields()
    {
        base.CheckFields();
        if (WeightDecay is null)
            throw new SpecException("AdamW expects a number. Received: null.", "weight_decay");
    }
}

/// <summary>Adam with the infinity norm: <c>u = max(β₂·u, |g|); w -= lr·m / ((1-β₁ᵗ)·(u + ε))</c>. Learning rate 0.001.</summary>
/// <param name="Beta1">0 to below 1. Default: 0.9.</param>
/// <param name="Beta2">0 to below 1. Default: 0.999.</param>
/// <param name="Epsilon">0 or more. Default: 1e-7.</param>
public sealed record Adamax(
    [WireName("beta_1")][Range(0.0, Betas.Largest)] double Beta1 = 0.9, [WireName("beta_2")][Range(0.0, Betas.Largest)] double Beta2 = 0.999,
    [Range(0.0, 1e30)] double Epsilon = 1e-7) : UpdateRuleSpec(0.001)
{
    /// <inheritdoc />
    protected override int RuleSlots => 2;
}

/// <summary>Adam with Nesterov's momentum and its schedule <c>β₁·(1 - ½·0.96ᵗ)</c> (Dozat, 2016). Learning rate 0.001.</summary>
/// <param name="Beta1">0 to below 1. Default: 0.9.</param>
/// <param name="Beta2">0 to below 1. Default: 0.999.</param>
/// <param name="Epsilon">0 or more. Default: 1e-7.</param>
public sealed record Nadam(
    [WireName("beta_1")][Range(0.0, Betas.Largest)] double Beta1 = 0.9, [WireName("beta_2")][Range(0.0, Betas.Largest)] double Beta2 = 0.999,
    [Range(0.0, 1e30)] double Epsilon = 1e-7) : UpdateRuleSpec(0.001)
{
    /// <inheritdoc />
    protected override int RuleSlots => 2;
}

/// <summary>Adam whose step per weight is scaled by <c>‖w‖ / ‖step‖</c> (You et al., 2019). Learning rate 0.001.</summary>
/// <param name="Beta1">0 to below 1. Default: 0.9.</param>
/// <param name="Beta2">0 to below 1. Default: 0.999.</param>
/// <param name="Epsilon">0 or more. Default: 1e-7.</param>
public sealed record Lamb(
    [WireName("beta_1")][Range(0.0, Betas.Largest)] double Beta1 = 0.9, [WireName("beta_2")][Range(0.0, Betas.Largest)] double Beta2 = 0.999,
    [Range(0.0, 1e30)] double Epsilon = 1e-7) : UpdateRuleSpec(0.001)
{
    /// <inheritdoc />
    protected override int RuleSlots => 2;
}

/// <summary>AdamW that needs no schedule: the weights are an interpolation of the iterate and its average (Defazio et al., 2024). Learning rate 0.0025.</summary>
/// <param name="Beta1">Weight of the average, above 0 and at most 1. Default: 0.9.</param>
/// <param name="Beta2">0 to below 1. Default: 0.999.</param>
/// <param name="Epsilon">0 or more. Default: 1e-8.</param>
/// <param name="WarmupSteps">Steps over which the learning rate rises from 0. Default: 0.</param>
public sealed record ScheduleFreeAdamW(
    [WireName("beta_1")][Range(double.Epsilon, 1.0)] double Beta1 = 0.9, [WireName("beta_2")][Range(0.0, Betas.Largest)] double Beta2 = 0.999,
    [Range(0.0, 1e30)] double Epsilon = 1e-8, [Range(0, int.MaxValue)] int WarmupSteps = 0) : UpdateRuleSpec(0.0025)
{
    /// <inheritdoc />
    protected override int RuleSlots => 2;
}

/// <summary>The range of decays of moments.</summary>
internal static class Betas
{
    /// <summary>At 1 the bias correction divides by zero.</summary>
    public const double Largest = 0.9999999;
}
