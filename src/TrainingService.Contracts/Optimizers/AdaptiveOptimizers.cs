using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Optimizers;

/// <summary>Adadelta (Zeiler, 2012): <c>δ = -g · √(d + ε) / √(a + ε)</c> with running means <c>a</c> of <c>g²</c> and <c>d</c> of <c>δ²</c>. Learning rate 0.001.</summary>
/// <param name="Rho">0 to 1. Default: 0.95.</param>
/// <param name="Epsilon">0 or more. Default: 1e-7.</param>
public sealed record Adadelta([Range(0.0, 1.0)] double Rho = 0.95, [Range(0.0, 1e30)] double Epsilon = 1e-7) : UpdateRuleSpec(0.001)
{
    /// <inheritdoc />
    protected override int RuleSlots => 2;
}

/// <summary>Adagrad (Duchi et al., 2011): <c>a += g²; w -= lr·g / √(a + ε)</c>. Learning rate 0.001.</summary>
/// <param name="InitialAccumulatorValue">First value of <c>a</c>, 0 or more. Default: 0.1.</param>
/// <param name="Epsilon">0 or more. Default: 1e-7.</param>
public sealed record Adagrad([Range(0.0, 1e30)] double InitialAccumulatorValue = 0.1, [Range(0.0, 1e30)] double Epsilon = 1e-7) : UpdateRuleSpec(0.001)
{
    /// <inheritdoc />
    protected override int RuleSlots => 1;
}

/// <summary>
/// Follow the regularized leader (McMahan et al., 2013): the weight is computed anew at each step from accumulated gradients, with L1 and L2
/// penalties. Learning rate 0.001.
/// </summary>
/// <param name="LearningRatePower">At most 0. Default: -0.5.</param>
/// <param name="InitialAccumulatorValue">0 or more. Default: 0.1.</param>
/// <param name="L1RegularizationStrength">0 or more. Default: 0.</param>
/// <param name="L2RegularizationStrength">0 or more. Default: 0.</param>
/// <param name="L2ShrinkageRegularizationStrength">A penalty on the weight's size instead of its change; 0 or more. Default: 0.</param>
/// <param name="Beta">0 or more. Default: 0.</param>
public sealed record Ftrl(
    [Range(-1e6, 0.0)] double LearningRatePower = -0.5, [Range(0.0, 1e30)] double InitialAccumulatorValue = 0.1,
    [WireName("l1_regularization_strength")][Range(0.0, 1e30)] double L1RegularizationStrength = 0.0,
    [WireName("l2_regularization_strength")][Range(0.0, 1e30)] double L2RegularizationStrength = 0.0,
    [WireName("l2_shrinkage_regularization_strength")][Range(0.0, 1e30)] double L2ShrinkageRegularizationStrength = 0.0,
    [Range(0.0, 1e30)] double Beta = 0.0) : UpdateRuleSpec(0.001)
{
    /// <inheritdoc />
    protected override int RuleSlots => 2;
}

/// <summary>Adafactor (Shazeer and Stern, 2018): the mean squares of a matrix are kept as one row and one column. Learning rate 0.001.</summary>
/// <param name="Beta2Decay">Decay of the mean squares, <c>1 - tᵈ</c>; at most 0. Default: -0.8.</param>
/// <param name="Epsilon1">Added to squared gradients, 0 or more. Default: 1e-30.</param>
/// <param name="Epsilon2">Least size of a weight that the step is scaled by, 0 or more. Default: 0.001.</param>
/// <param name="ClipThreshold">Largest root mean square of a step; above 0. Default: 1.</param>
/// <param name="RelativeStep">Limit the learning rate to <c>1/√t</c>. Default: true.</param>
public sealed record Adafactor(
    [WireName("beta_2_decay")][Range(-1e6, 0.0)] double Beta2Decay = -0.8, [WireName("epsilon_1")][Range(0.0, 1e30)] double Epsilon1 = 1e-30,
    [WireName("epsilon_2")][Range(0.0, 1e30)] double Epsilon2 = 1e-3, [Range(double.Epsilon, 1e30)] double ClipThreshold = 1.0,
    bool RelativeStep = true) : UpdateRuleSpec(0.001)
{
    /// <inheritdoc />
    protected override int RuleSlots => 2;
}

/// <summary>
/// Muon (Jordan, 2024): matrices move by the orthogonalized momentum, everything else, and embeddings, by Adam. Learning rate 0.001.
/// </summary>
/// <param name="AdamBeta1">0 to below 1. Default: 0.9.</param>
/// <param name="AdamBeta2">0 to below 1. Default: 0.999.</param>
/// <param name="AdamWeightDecay">Decoupled decay of what Adam moves; null for none. Default: 0.004.</param>
/// <param name="Epsilon">Adam's, 0 or more. Default: 1e-7.</param>
/// <param name="ExcludeLayers">Regular expressions; what is found in a weight's path is moved by Adam. Default: none.</param>
/// <param name="ExcludeEmbeddings">Whether Adam moves the weights with "embedding" in their path. Default: true.</param>
/// <param name="MuonA">Factor of the Newton-Schulz iteration. Default: 3.4445.</param>
/// <param name="MuonB">Factor of the Newton-Schulz iteration. Default: -4.775.</param>
/// <param name="MuonC">Factor of the Newton-Schulz iteration. Default: 2.0315.</param>
/// <param name="AdamLrRatio">Adam's learning rate as a part of Muon's, 0 or more. Default: 1.</param>
/// <param name="Momentum">0 to 1. Default: 0.95.</param>
/// <param name="NsSteps">Newton-Schulz iterations, 0 to 100. Default: 5.</param>
/// <param name="Nesterov">Look ahead along the momentum. Default: true.</param>
/// <param name="RmsRate">A matrix's step is scaled by <c>√max(rows, columns)</c> times this; null for no scaling. Default: 0.2.</param>
public sealed record Muon(
    [WireName("adam_beta_1")][Range(0.0, Betas.Largest)] double AdamBeta1 = 0.9, [WireName("adam_beta_2")][Range(0.0, Betas.Largest)] double AdamBeta2 = 0.999,
    [NullAllowed][Range(0.0, 1e6)] double? AdamWeightDecay = 0.004, [Range(0.0, 1e30)] double Epsilon = 1e-7,
    [MaxLength(100)][EachLength(1, 200)] IReadOnlyList<string>? ExcludeLayers = null, bool ExcludeEmbeddings = true,
    double MuonA = 3.4445, double MuonB = -4.775, double MuonC = 2.0315, [Range(0.0, 1e6)] double AdamLrRatio = 1.0,
    [Range(0.0, 1.0)] double Momentum = 0.95, [Range(0, 100)] int NsSteps = 5, bool Nesterov = true, [NullAllowed][Range(0.0, 1e6)] double? RmsRate = 0.2)
    : UpdateRuleSpec(0.001, 0.004)
{
    /// <inheritdoc />
    protected override int RuleSlots => 2;

    /// <inheritdoc />
    public override void CheckFields()
    {
        base.CheckFields();
        foreach (var pattern in ExcludeLayers ?? [])
            PathPattern.Check(pattern, "exclude_layers");
    }
}
