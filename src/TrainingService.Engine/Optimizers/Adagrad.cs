using TrainingService.Engine.Models;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Optimizers;

namespace TrainingService.Engine.Optimizers;

/// <summary>Adagrad (Duchi et al., 2011) with Keras's epsilon, inside the root: <c>a += g²; w -= lr·g / √(a + ε)</c>.</summary>
public sealed class Adagrad : UpdateRule
{
    private readonly Specs.Adagrad _spec;
    private readonly Tensor _accumulator;

    /// <summary>Builds the optimizer.</summary>
    public Adagrad(Specs.Adagrad spec, ParameterBuffer parameters)
        : base(spec, parameters)
    {
        _spec = spec;
        _accumulator = AddSlot("accumulator", spec.InitialAccumulatorValue);
    }

    /// <inheritdoc />
    protected override void Update(Tensor values, Tensor gradients)
    {
        _accumulator.addcmul_(gradients, gradients, 1);
        values.addcdiv_(gradients, _accumulator.add(_spec.Epsilon).sqrt_(), -Rate);
    }
}
