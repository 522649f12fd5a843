using System.Numerics;
using System.Runtime.CompilerServices;
using TorchSharp;
using TrainingService.Engine.Models;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Optimizers;

namespace TrainingService.Engine.Optimizers;

/// <summary>Adam (Kingma and Ba, 2014) in Keras's form: <c>α = lr·√(1-β₂ᵗ)/(1-β₁ᵗ); w -= α·m / (√v + ε)</c>. AdamW is the same with a weight decay.</summary>
public sealed class Adam : UpdateRule
{
    private readonly double _decay1, _decay2, _smallest;
    private readonly Scalar _beta1, _rest1, _beta2, _rest2, _epsilon;
    private readonly Tensor _momentum, _velocity;
    private readonly Tensor? _largest;

    /// <summary>Builds Adam.</summary>
    public Adam(Specs.Adam spec, ParameterBuffer parameters)
        : this(spec, parameters, spec.Beta1, spec.Beta2, spec.Epsilon, spec.Amsgrad)
    {
    }

    /// <summary>Builds AdamW.</summary>
    public Adam(Specs.AdamW spec, ParameterBuffer parameters)
        : this(spec, parameters, spec.Beta1, spec.Beta2, spec.Epsilon, spec.Amsgrad)
    {
    }

    private Adam(Specs.UpdateRuleSpec spec, ParameterBuffer parameters, double beta1, double beta2, double epsilon, bool amsgrad)
        : base(spec, parameters)
    {
        (_decay1, _decay2, _smallest) = (beta1, beta2, epsilon);
        (_beta1, _rest1, _beta2, _rest2, _epsilon) = (beta1, 1 - beta1, beta2, 1 - beta2, epsilon);
        _momentum = AddSlot("momentum");
        _velocity = AddSlot("velocity");
        _largest = amsgrad ? AddSlot("velocity_hat") : null;
    }

    /// <inheritdoc />
    protected override void Update(Tensor values, Tensor gradients)
    {
        var rate = Rate * Math.Sqrt(1 - Math.Pow(_decay2, StepNumber)) / (1 - Math.Pow(_decay1, StepNumber));
        if (_largest is null && FusedStep.Fits(values))
        {
            FusedStep.Run(new Rule(_decay1, _decay2, _smallest, rate), values, gradients, _momentum, _velocity);
            return;
        }
        using Scalar step = -rate;
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

    private readonly struct Rule(double beta1, double beta2, double epsilon, double rate) : IElementRule
    {
        private readonly Vector<float> _beta1 = new((float)beta1), _rest1 = new((float)(1 - beta1));
        private readonly Vector<float> _beta2 = new((float)beta2), _rest2 = new((float)(1 - beta2));
        private readonly Vector<float> _epsilon = new((float)epsilon), _rate = new((float)rate);

        public static int Slots => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Move(ref Vector<float> value, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second)
        {
            first = (first * _beta1) + (gradient * _rest1);
            second = (second * _beta2) + (gradient * gradient * _rest2);
            value -= _rate * (first / (Vector.SquareRoot(second) + _epsilon));
        }
    }
}
