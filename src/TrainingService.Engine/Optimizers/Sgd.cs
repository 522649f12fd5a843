using System.Numerics;
using System.Runtime.CompilerServices;
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
        if (FusedStep.Fits(values))
        {
            FusedStep.Run(new Rule(_spec.Momentum, Rate, _spec.Nesterov), values, gradients, _momentum);
            return;
        }
        using Scalar decay = _spec.Momentum;
        _momentum.mul_(decay).add_(gradients, step);
        if (_spec.Nesterov)
            values.add_(_momentum, decay).add_(gradients, step);
        else
            values.add_(_momentum);
    }

    private readonly struct Rule(double momentum, double rate, bool nesterov) : IElementRule
    {
        private readonly Vector<float> _momentum = new((float)momentum), _rate = new((float)rate);

        public static int Slots => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Move(ref Vector<float> value, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second)
        {
            var step = gradient * _rate;
            first = (first * _momentum) - step;
            value += nesterov ? (first * _momentum) - step : first;
        }
    }
}
