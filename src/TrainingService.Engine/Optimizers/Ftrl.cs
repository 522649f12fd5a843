using TrainingService.Engine.Models;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Optimizers;

namespace TrainingService.Engine.Optimizers;

/// <summary>
/// Follow the regularized leader (McMahan et al., 2013), as Keras has it: <c>z += g' - (aₙ⁻ᵖ - a⁻ᵖ)/lr · w</c>, then
/// <c>w = (clip(z, ±l1) - z) / (aₙ⁻ᵖ/lr + 2·l2')</c> with <c>g' = g + 2·shrinkage·w</c> and <c>l2' = l2 + β/(2·lr)</c>.
/// </summary>
public sealed class Ftrl : UpdateRule
{
    private readonly Specs.Ftrl _spec;
    private readonly Tensor _accumulator, _linear;

    /// <summary>Builds the optimizer.</summary>
    public Ftrl(Specs.Ftrl spec, ParameterBuffer parameters)
        : base(spec, parameters)
    {
        _spec = spec;
        _accumulator = AddSlot("accumulator", spec.InitialAccumulatorValue);
        _linear = AddSlot("linear");
    }

    /// <inheritdoc />
    protected override void Update(Tensor values, Tensor gradients)
    {
        var before = _accumulator.pow(-_spec.LearningRatePower);
        _accumulator.addcmul_(gradients, gradients, 1);
        var after = _accumulator.pow(-_spec.LearningRatePower);
        _linear.add_(gradients).add_(values, 2 * _spec.L2ShrinkageRegularizationStrength).sub_((after - before).div_(Rate).mul_(values));
        var quadratic = after.div_(Rate).add_(2 * (_spec.L2RegularizationStrength + _spec.Beta / (2 * Rate)));
        var limit = _spec.L1RegularizationStrength;
        values.copy_(_linear.clamp(-limit, limit).sub_(_linear).div_(quadratic));
    }
}
