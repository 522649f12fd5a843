using TrainingService.Engine.Models;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Optimizers;

namespace TrainingService.Engine.Optimizers;

/// <summary>Lion (Chen et al., 2023): <c>w -= lr · sign(β₁·m + (1-β₁)·g); m = β₂·m + (1-β₂)·g</c>.</summary>
public sealed class Lion : UpdateRule
{
    private readonly Specs.Lion _spec;
    private readonly Tensor _momentum;

    /// <summary>Builds the optimizer.</summary>
    public Lion(Specs.Lion spec, ParameterBuffer parameters)
        : base(spec, parameters)
    {
        _spec = spec;
        _momentum = AddSlot("momentum");
    }

    /// <inheritdoc />
    protected override void Update(Tensor values, Tensor gradients)
    {
        values.add_(_momentum.mul(_spec.Beta1).add_(gradients, 1 - _spec.Beta1).sign_(), -Rate);
        _momentum.mul_(_spec.Beta2).add_(gradients, 1 - _spec.Beta2);
    }
}
