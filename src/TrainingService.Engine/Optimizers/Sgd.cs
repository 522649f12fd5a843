using TorchSharp;
using TrainingService.Engine.Models;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Optimizers;

namespace TrainingService.Engine.Optimizers;

/// <summary>Stochastic gradient descent; with momentum Keras's form <c>v = μ·v - lr·g; w += v</c>, with Nesterov <c>w += μ·v - lr·g</c>.</summary>
public sealed class Sgd : Optimizer
{
    private readonly Specs.Sgd _spec;
    private readonly Tensor? _momentum;

    /// <summary>Builds the optimizer.</summary>
    public Sgd(Specs.Sgd spec, ParameterBuffer parameters)
        : base(parameters, spec.LearningRate, spec.WeightDecay, new(spec.Clipnorm, spec.GlobalClipnorm, spec.Clipvalue))
    {
        _spec = spec;
        Slots = spec.Momentum == 0
            ? new Dictionary<string, Tensor>()
            : new Dictionary<string, Tensor> { ["momentum"] = _momentum = zeros_like(parameters.Values).DetachFromDisposeScope() };
    }

    /// <inheritdoc />
    public override IReadOnlyDictionary<string, Tensor> Slots { get; }

    /// <inheritdoc />
    protected override void Update(Tensor values, Tensor gradients)
    {
        using Scalar step = -LearningRate;
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
