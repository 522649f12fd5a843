using TrainingService.Engine.Models;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Optimizers;

namespace TrainingService.Engine.Optimizers;

/// <summary>
/// Adafactor (Shazeer and Stern, 2018): the mean squares of a matrix are the product of row means <c>r</c> and column means <c>c</c>,
/// <c>v = r/mean(r) · c</c>; the step <c>g/√v</c> is limited in size and scaled by the size of the weight.
/// </summary>
public sealed class Adafactor : UpdateRule
{
    private readonly Specs.Adafactor _spec;
    private readonly IReadOnlyList<Tensor> _values, _gradients, _velocities;
    private readonly List<Tensor?> _rows = [], _columns = []; // views of the slots; null for vectors

    /// <summary>Builds the optimizer.</summary>
    public Adafactor(Specs.Adafactor spec, ParameterBuffer parameters)
        : base(spec, parameters)
    {
        _spec = spec;
        _values = Slices.Views(parameters, parameters.Values);
        _gradients = Slices.Views(parameters, parameters.Gradients);
        _velocities = Slices.Views(parameters, AddSlot("velocity"));
        AddFactors("r", _rows, shape => [.. shape[..^1]]); // without the last axis
        AddFactors("c", _columns, shape => [.. shape[..^2], shape[^1]]); // without the last axis but one
    }

    private void AddFactors(string name, List<Tensor?> views, Func<long[], long[]> reduce)
    {
        var shapes = _values.Select(weight => weight.dim() < 2 ? null : reduce(weight.shape)).ToList();
        var slot = AddSlot(name, length: shapes.Sum(Elements));
        using var scope = NewDisposeScope();
        long start = 0;
        foreach (var shape in shapes)
        {
            views.Add(shape is null ? null : slot.narrow(0, start, Elements(shape)).view(shape).DetachFromDisposeScope());
            start += Elements(shape);
        }

        static long Elements(long[]? shape) => shape?.Aggregate(1L, (product, size) => product * size) ?? 0;
    }

    /// <inheritdoc />
    protected override void Update(Tensor values, Tensor gradients)
    {
        var rate = Math.Min(Rate, 1 / Math.Sqrt(StepNumber));
        var kept = 1 - Math.Pow(StepNumber, _spec.Beta2Decay);
        for (var index = 0; index < _values.Count; index++)
        {
            if (!Untouched.Contains(index))
                Update(_values[index], _gradients[index], index, rate, kept);
        }
    }

    private void Update(Tensor weight, Tensor gradient, int index, double rate, double kept)
    {
        var scale = RootMeanSquare(weight).clamp_(min: _spec.Epsilon2).mul_(rate);
        var squares = gradient.square().add_(_spec.Epsilon1);
        var velocity = _velocities[index];
        if (_rows[index] is { } rows && _columns[index] is { } columns)
        {
            rows.mul_(kept).add_(squares.mean([-1]), 1 - kept);
            columns.mul_(kept).add_(squares.mean([-2]), 1 - kept);
            velocity.copy_((rows / rows.mean([-1], keepdim: true)).unsqueeze(-1) * columns.unsqueeze(-2));
        }
        else
        {
            velocity.mul_(kept).add_(squares, 1 - kept);
        }
        var step = gradient / velocity.sqrt();
        weight.sub_(step.mul_(scale / RootMeanSquare(step).div_(_spec.ClipThreshold).clamp_(min: 1)));
    }

    private static Tensor RootMeanSquare(Tensor x) => x.square().mean().sqrt_();

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        Slices.Dispose([.. _values, .. _gradients, .. _velocities, .. _rows.OfType<Tensor>(), .. _columns.OfType<Tensor>()]);
        base.Dispose(disposing);
    }
}
