using TrainingService.Engine.Models;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Optimizers;

namespace TrainingService.Engine.Optimizers;

/// <summary>Adadelta (Zeiler, 2012): <c>δ = -g · √(d + ε) / √(a + ε); w += lr·δ</c> with running means <c>a</c> of <c>g²</c> and <c>d</c> of <c>δ²</c>.</summary>
public sealed class Adadelta : UpdateRule
{
    private readonly Specs.Adadelta _spec;
    private readonly Tensor _gradients, _steps;

    /// <summary>Builds the optimizer.</summary>
    public Adadelta(Specs.Adadelta spec, ParameterBuffer parameters)
        : base(spec, parameters)
    {
        _spec = spec;
        _gradients = AddSlot("accumulated_grad");
        _steps = AddSlot("accumulated_delta_var");
    }

    /// <inheritdoc />
    protected override void Update(Tensor values, Tensor gradients)
    {
        _gradients.mul_(_spec.Rho).addcmul_(gradients, gradients, 1 - _spec.Rho);
        var step = _steps.add(_spec.Epsilon).sqrt_().mul_(gradients).div_(_gradients.add(_spec.Epsilon).sqrt_()).neg_();
        _steps.mul_(_spec.Rho).addcmul_(step, step, 1 - _spec.Rho);
        values.add_(step, Rate);
    }
}
