using TrainingService.Contracts.Optimizers;
using TrainingService.Engine.Models;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Optimizers;

namespace TrainingService.Engine.Optimizers;

/// <summary>
/// Muon (Jordan, 2024): the momentum of a matrix is brought near an orthogonal matrix by Newton-Schulz iterations, and the matrix moves along
/// it; everything else, and embeddings, moves by Adam.
/// </summary>
public sealed class Muon : UpdateRule
{
    private readonly Specs.Muon _spec;
    private readonly bool[] _byAdam;
    private readonly IReadOnlyList<Tensor> _values, _gradients, _momenta, _velocities;

    /// <summary>Builds the optimizer.</summary>
    public Muon(Specs.Muon spec, ParameterBuffer parameters)
        : base(spec, parameters)
    {
        _spec = spec;
        _byAdam = [.. parameters.Slices.Select(slice => IsAdams(slice.Weight))];
        _values = Slices.Views(parameters, parameters.Values);
        _gradients = Slices.Views(parameters, parameters.Gradients);
        _momenta = Slices.Views(parameters, AddSlot("momentum"));
        _velocities = Slices.Views(parameters, AddSlot("velocity"));
    }

    private bool IsAdams(Weight weight) =>
        weight.Shape.Count != 2
        || (_spec.ExcludeEmbeddings && weight.Path.Contains("embedding", StringComparison.OrdinalIgnoreCase))
        || (_spec.ExcludeLayers ?? []).Any(pattern => PathPattern.IsFound(pattern, weight.Path));

    /// <inheritdoc />
    protected override void ApplyWeightDecay(Tensor values)
    {
        for (var index = 0; index < _values.Count; index++)
        {
            if ((_byAdam[index] ? _spec.AdamWeightDecay : _spec.WeightDecay) is { } decay and not 0)
                _values[index].mul_(1 - decay * Rate);
        }
    }

    /// <inheritdoc />
    protected override void Update(Tensor values, Tensor gradients)
    {
        for (var index = 0; index < _values.Count; index++)
        {
            if (_byAdam[index])
                StepByAdam(_values[index], _gradients[index], _momenta[index], _velocities[index]);
            else
                StepOrthogonally(_values[index], _gradients[index], _momenta[index]);
        }
    }

    private void StepByAdam(Tensor weight, Tensor gradient, Tensor momentum, Tensor velocity)
    {
        var rate = Rate * _spec.AdamLrRatio * Math.Sqrt(1 - Math.Pow(_spec.AdamBeta2, StepNumber)) / (1 - Math.Pow(_spec.AdamBeta1, StepNumber));
        momentum.mul_(_spec.AdamBeta1).add_(gradient, 1 - _spec.AdamBeta1);
        velocity.mul_(_spec.AdamBeta2).addcmul_(gradient, gradient, 1 - _spec.AdamBeta2);
        weight.addcdiv_(momentum, velocity.sqrt().add_(_spec.Epsilon), -rate);
    }

    private void StepOrthogonally(Tensor weight, Tensor gradient, Tensor momentum)
    {
        momentum.mul_(_spec.Momentum).add_(gradient);
        var direction = Orthogonalized(_spec.Nesterov ? gradient.add(momentum, _spec.Momentum) : momentum);
        var scale = _spec.RmsRate is { } size ? Math.Sqrt(Math.Max(weight.shape[0], weight.shape[1])) * size : 1;
        weight.add_(direction, -Rate * scale);
    }

    /// <summary><c>x ← a·x + (b·A + c·A²)·x</c> with <c>A = x·xᵀ</c>, from <c>x / ‖x‖</c>; on the side where A is smaller.</summary>
    private Tensor Orthogonalized(Tensor matrix)
    {
        var tall = matrix.shape[0] > matrix.shape[1];
        var x = tall ? matrix.t() : matrix;
        x = x / (x.square().sum().sqrt_() + 1e-7);
        for (var step = 0; step < _spec.NsSteps; step++)
        {
            var products = mm(x, x.t());
            x = _spec.MuonA * x + mm(_spec.MuonB * products + mm(_spec.MuonC * products, products), x);
        }
        return tall ? x.t() : x;
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        Slices.Dispose([.. _values, .. _gradients, .. _momenta, .. _velocities]);
        base.Dispose(disposing);
    }
}
