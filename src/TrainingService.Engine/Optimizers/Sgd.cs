using TorchSharp;
using TrainingService.Engine.Models;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Optimizers;

namespace TrainingService.Engine.Optimizers;

/// <summary>Stochastic gradient descent; with momentum Keras's form <c>v = μ·v - lr·g; w += v</c>, with Nesterov <c>w += μ·v - lr·g</c>.</summary>
public sealed class Sgd : UpdateRule
{
    private readonly Specs.Sgd _spec;
    private readonly Tensor? _momentum;

    /// <summary>Builds the optimizer.</summary>
    public Sgd(Specs.Sgd spec, ParameterBuffer parameters)
        : base(spec, parameters)
    {
        _spec = spec;
        _momentum = spec.Momentum == 0 ? null : AddSlot("momentum");
    }

    /// <inheritdoc />
    protected override void Update(Tensor values, Tensor gradients)
    {
        using Scalar step = -Rate;
        if (_momentum is null)
        {
            values.add_(gradients, step);
            return;
        }
        using Scalar decay = _spec.Momentum;
        _momentum.mul_(decay).add_(gradients, step);
        if (_spec.Nesterov)
            values.add_(_momentum, decay).add_(gradients, step);
        else
            values.add_(_momentum);
    }
}
