using TrainingService.Engine.Models;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Optimizers;

namespace TrainingService.Engine.Optimizers;

/// <summary>Adam with the infinity norm (Kingma and Ba, 2014): <c>u = max(β₂·u, |g|); w -= lr·m / ((1-β₁ᵗ)·(u + ε))</c>.</summary>
public sealed class Adamax : UpdateRule
{
    private readonly Specs.Adamax _spec;
    private readonly Tensor _momentum, _norm;

    /// <summary>Builds the optimizer.</summary>
    public Adamax(Specs.Adamax spec, ParameterBuffer parameters)
        : base(spec, parameters)
    {
        _spec = spec;
        _momentum = AddSlot("momentum");
        _norm = AddSlot("norm");
    }

    /// <inheritdoc />
    protected override void Update(Tensor values, Tensor gradients)
    {
        _momentum.mul_(_spec.Beta1).add_(gradients, 1 - _spec.Beta1);
        _norm.copy_(_norm.mul(_spec.Beta2).maximum(gradients.abs()));
        values.addcdiv_(_momentum, _norm.add(_spec.Epsilon), -Rate / (1 - Math.Pow(_spec.Beta1, StepNumber)));
    }
}
