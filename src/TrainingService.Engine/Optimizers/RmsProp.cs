using System.Numerics;
using System.Runtime.CompilerServices;
using TrainingService.Engine.Models;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Optimizers;

namespace TrainingService.Engine.Optimizers;

/// <summary>RMSprop (Hinton, 2012) with Keras's epsilon, inside the root: <c>v = ρ·v + (1-ρ)·g²; w -= lr·g / √(v + ε)</c>.</summary>
public sealed class RmsProp : UpdateRule
{
    private readonly Specs.RmsProp _spec;
    private readonly Tensor _velocity;
    private readonly Tensor? _momentum, _average;

    /// <summary>Builds the optimizer.</summary>
    public RmsProp(Specs.RmsProp spec, ParameterBuffer parameters)
        : base(spec, parameters)
    {
        _spec = spec;
        _velocity = AddSlot("velocity");
        _momentum = spec.Momentum > 0 ? AddSlot("momentum") : null;
        _average = spec.Centered ? AddSlot("average_gradient") : null;
    }

    /// <inheritdoc />
    protected override void Update(Tensor values, Tensor gradients)
    {
        if (_momentum is null && _average is null && FusedStep.Fits(values))
        {
            FusedStep.Run(new Rule(_spec.Rho, _spec.Epsilon, Rate), values, gradients, _velocity);
            return;
        }
        _velocity.mul_(_spec.Rho).addcmul_(gradients, gradients, 1 - _spec.Rho);
        var denominator = _velocity;
        if (_average is not null)
            denominator = _velocity - _average.mul_(_spec.Rho).add_(gradients, 1 - _spec.Rho).square();
        denominator = denominator.add(_spec.Epsilon).sqrt_();
        if (_momentum is null)
            values.addcdiv_(gradients, denominator, -Rate);
        else
            values.sub_(_momentum.mul_(_spec.Momentum).addcdiv_(gradients, denominator, Rate));
    }

    private readonly struct Rule(double rho, double epsilon, double rate) : IElementRule
    {
        private readonly Vector<float> _rho = new((float)rho), _rest = new((float)(1 - rho)), _epsilon = new((float)epsilon), _rate = new((float)rate);

        public static int Slots => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Move(ref Vector<float> value, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second)
        {
            first = (first * _rho) + (gradient * gradient * _rest);
            value -= _rate * (gradient / Vector.SquareRoot(first + _epsilon));
        }
    }
}
