using TorchSharp;
using TrainingService.Engine.Models;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Optimizers;

namespace TrainingService.Engine.Optimizers;

/// <summary>Adam (Kingma and Ba, 2014) in Keras's form: <c>α = lr·√(1-β₂ᵗ)/(1-β₁ᵗ); w -= α·m / (√v + ε)</c>.</summary>
public sealed class Adam : Optimizer
{
    private readonly Specs.Adam _spec;
    private readonly Scalar _beta1, _rest1, _beta2, _rest2, _epsilon;
    private readonly Tensor _momentum, _velocity;
    private readonly Tensor? _largest;

    /// <summary>Builds the optimizer.</summary>
    public Adam(Specs.Adam spec, ParameterBuffer parameters)
        : base(parameters, spec.LearningRate, spec.WeightDecay, new(spec.Clipnorm, spec.GlobalClipnorm, spec.Clipvalue))
    {
        _spec = spec;
        (_beta1, _rest1, _beta2, _rest2, _epsilon) = (spec.Beta1, 1 - spec.Beta1, spec.Beta2, 1 - spec.Beta2, spec.Epsilon);
        _momentum = zeros_like(parameters.Values).DetachFromDisposeScope();
        _velocity = zeros_like(parameters.Values).DetachFromDisposeScope();
        Dictionary<string, Tensor> slots = new() { ["momentum"] = _momentum, ["velocity"] = _velocity };
        if (spec.Amsgrad)
            slots["velocity_hat"] = _largest = zeros_like(parameters.Values).DetachFromDisposeScope();
        Slots = slots;
    }

    /// <inheritdoc />
    public override IReadOnlyDictionary<string, Tensor> Slots { get; }

    /// <inheritdoc />
    protected override void Update(Tensor values, Tensor gradients)
    {
        using Scalar step = -LearningRate * Math.Sqrt(1 - Math.Pow(_spec.Beta2, Iterations)) / (1 - Math.Pow(_spec.Beta1, Iterations));
        _momentum.mul_(_beta1).add_(gradients, _rest1);
        _velocity.mul_(_beta2).addcmul_(gradients, gradients, _rest2);
        if (_largest is not null)
            _largest.copy_(_largest.maximum(_velocity));
        values.addcdiv_(_momentum, (_largest ?? _velocity).sqrt().add_(_epsilon), step);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        foreach (var scalar in (ReadOnlySpan<Scalar>)[_beta1, _rest1, _beta2, _rest2, _epsilon])
            scalar.Dispose();
    }
}
