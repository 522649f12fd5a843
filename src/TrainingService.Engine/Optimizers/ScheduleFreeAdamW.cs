using TrainingService.Engine.Models;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Optimizers;

namespace TrainingService.Engine.Optimizers;

/// <summary>
/// AdamW without a schedule (Defazio et al., 2024), as Keras has it: the iterate <c>z -= lr·g / (√v̂ + ε)</c>, its average
/// <c>x = (1 - 1/t)·x + z/t</c>, and the weight between them, <c>w = (1-β₁)·z + β₁·x</c>.
/// </summary>
public sealed class ScheduleFreeAdamW : UpdateRule
{
    private readonly Specs.ScheduleFreeAdamW _spec;
    private readonly Tensor _iterate, _velocity;

    /// <summary>Builds the optimizer.</summary>
    public ScheduleFreeAdamW(Specs.ScheduleFreeAdamW spec, ParameterBuffer parameters)
        : base(spec, parameters)
    {
        _spec = spec;
        _iterate = AddSlot("momentum");
        _velocity = AddSlot("velocity");
    }

    /// <inheritdoc />
    protected override void Begin(Tensor values) => _iterate.copy_(values);

    /// <inheritdoc />
    protected override void Update(Tensor values, Tensor gradients)
    {
        var rate = _spec.WarmupSteps > 0 ? Rate * Math.Min((double)StepNumber / _spec.WarmupSteps, 1) : Rate;
        var weight = 1.0 / StepNumber;
        var average = values.add(_iterate, _spec.Beta1 - 1).div_(_spec.Beta1);
        _velocity.mul_(_spec.Beta2).addcmul_(gradients, gradients, 1 - _spec.Beta2);
        _iterate.addcdiv_(gradients, _velocity.div(1 - Math.Pow(_spec.Beta2, StepNumber)).sqrt_().add_(_spec.Epsilon), -rate);
        average.mul_(1 - weight).add_(_iterate, weight);
        values.copy_(average.mul_(_spec.Beta1).add_(_iterate, 1 - _spec.Beta1));
    }
}
