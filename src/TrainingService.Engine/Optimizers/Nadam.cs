using TrainingService.Engine.Models;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Optimizers;

namespace TrainingService.Engine.Optimizers;

/// <summary>Adam with Nesterov's momentum (Dozat, 2016) and the momentum schedule <c>uₜ = β₁·(1 - ½·0.96ᵗ)</c>.</summary>
public sealed class Nadam : UpdateRule
{
    private readonly Specs.Nadam _spec;
    private readonly Tensor _momentum, _velocity;
    private double _product = 1; // of all momenta so far

    /// <summary>Builds the optimizer.</summary>
    public Nadam(Specs.Nadam spec, ParameterBuffer parameters)
        : base(spec, parameters)
    {
        _spec = spec;
        _momentum = AddSlot("momentum");
        _velocity = AddSlot("velocity");
    }

    /// <inheritdoc />
    protected override void Update(Tensor values, Tensor gradients)
    {
        var (now, next) = (Momentum(StepNumber), Momentum(StepNumber + 1));
        _product *= now;
        _momentum.mul_(_spec.Beta1).add_(gradients, 1 - _spec.Beta1);
        _velocity.mul_(_spec.Beta2).addcmul_(gradients, gradients, 1 - _spec.Beta2);
        var ahead = _momentum.mul(next / (1 - _product * next)).add_(gradients, (1 - now) / (1 - _product));
        values.addcdiv_(ahead, _velocity.div(1 - Math.Pow(_spec.Beta2, StepNumber)).sqrt_().add_(_spec.Epsilon), -Rate);
    }

    private double Momentum(long step) => _spec.Beta1 * (1 - 0.5 * Math.Pow(0.96, step));

    /// <inheritdoc />
    protected internal override void WriteState(IDictionary<string, Tensor> state, string prefix)
    {
        base.WriteState(state, prefix);
        state[prefix + "u_product"] = tensor(_product);
    }

    /// <inheritdoc />
    protected internal override void ReadState(IReadOnlyDictionary<string, Tensor> state, string prefix)
    {
        base.ReadState(state, prefix);
        _product = Part(state, prefix + "u_product").item<double>();
    }
}
