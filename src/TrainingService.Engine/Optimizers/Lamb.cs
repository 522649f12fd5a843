using TrainingService.Engine.Models;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Optimizers;

namespace TrainingService.Engine.Optimizers;

/// <summary>Lamb (You et al., 2019): Adam's step <c>s = m̂ / (√v̂ + ε)</c>, per weight scaled: <c>w -= lr · ‖w‖/‖s‖ · s</c>; a norm of 0 scales by 1.</summary>
public sealed class Lamb : UpdateRule
{
    private readonly Specs.Lamb _spec;
    private readonly Tensor _momentum, _velocity;
    private readonly IReadOnlyList<Tensor> _values;

    /// <summary>Builds the optimizer.</summary>
    public Lamb(Specs.Lamb spec, ParameterBuffer parameters)
        : base(spec, parameters)
    {
        _spec = spec;
        _momentum = AddSlot("momentum");
        _velocity = AddSlot("velocity");
        _values = Slices.Of(parameters, parameters.Values);
    }

    /// <inheritdoc />
    protected override void Update(Tensor values, Tensor gradients)
    {
        _momentum.mul_(_spec.Beta1).add_(gradients, 1 - _spec.Beta1);
        _velocity.mul_(_spec.Beta2).addcmul_(gradients, gradients, 1 - _spec.Beta2);
        var denominator = _velocity.div(1 - Math.Pow(_spec.Beta2, StepNumber)).sqrt_().add_(_spec.Epsilon);
        var steps = _momentum.div(1 - Math.Pow(_spec.Beta1, StepNumber)).div_(denominator);
        for (var index = 0; index < _values.Count; index++)
        {
            var (weight, step) = (_values[index], Parameters.Slices[index].Of(steps));
            var (size, length) = (weight.square().sum().sqrt_(), step.square().sum().sqrt_());
            var ratio = (size / length).where((size > 0).logical_and(length > 0), ones_like(size));
            weight.sub_(step.mul_(ratio.mul_(Rate)));
        }
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Slices.Dispose(_values);
    }
}
