using TorchSharp;
using TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Joins several inputs value by value.</summary>
public abstract class Merge(LayerSpec spec, LayerContext context) : Layer(spec, context)
{
    /// <inheritdoc />
    public override bool SupportsMasking => true;

    /// <inheritdoc />
    public override IReadOnlyList<KerasTensor> Call(IReadOnlyList<KerasTensor> inputs, CallContext call)
    {
        var axes = inputs.Max(input => input.Value.dim());
        return [Join([.. inputs.Select(input => input with { Value = WithAxes(input.Value, axes) })])];
    }

    /// <summary>The joined value and its mask.</summary>
    /// <param name="inputs">All of the same number of axes.</param>
    protected abstract KerasTensor Join(IReadOnlyList<KerasTensor> inputs);

    /// <summary>Where any input counts; null, which counts all, as soon as one input has no mask.</summary>
    protected static torch.Tensor? AnyMask(IReadOnlyList<KerasTensor> inputs) =>
        inputs.Any(input => input.Mask is null) ? null : inputs.Skip(1).Aggregate(inputs[0].Mask!, (any, input) => any.logical_or(input.Mask!));

    /// <summary>A mask as large as its value: (batch, steps) → (batch, steps, features).</summary>
    protected static torch.Tensor Spread(torch.Tensor mask, torch.Tensor value) => mask.to(torch.@bool).unsqueeze(-1).expand(value.shape);

    /// <summary>More axes of size 1, after the batch axis.</summary>
    private static torch.Tensor WithAxes(torch.Tensor x, long axes)
    {
        while (x.dim() < axes)
            x = x.unsqueeze(1);
        return x;
    }
}

/// <summary>Sum, difference and mean: masks change only the mask that goes out.</summary>
public sealed class Sum : Merge
{
    private readonly Func<torch.Tensor, torch.Tensor, torch.Tensor> _join;
    private readonly bool _mean;

    /// <summary>Sum of the inputs.</summary>
    public Sum(Add spec, LayerContext context) : base(spec, context) => _join = (x, y) => x + y;

    /// <summary>The first input minus the second.</summary>
    public Sum(Subtract spec, LayerContext context) : base(spec, context) => _join = (x, y) => x - y;

    /// <summary>Mean of the inputs.</summary>
    public Sum(Average spec, LayerContext context) : base(spec, context) => (_join, _mean) = ((x, y) => x + y, true);

    /// <inheritdoc />
    protected override KerasTensor Join(IReadOnlyList<KerasTensor> inputs)
    {
        var y = inputs.Select(input => input.Value).Aggregate(_join);
        return new KerasTensor(_mean ? y / inputs.Count : y, AnyMask(inputs));
    }
}

/// <summary>Product of the inputs; what a mask leaves out counts 1.</summary>
public sealed class Multiply(Contracts.Layers.Multiply spec, LayerContext context) : Merge(spec, context)
{
    /// <inheritdoc />
    protected override KerasTensor Join(IReadOnlyList<KerasTensor> inputs)
    {
        var y = inputs.Select(input => input.Mask is { } mask ? input.Value.masked_fill(Spread(mask, input.Value).logical_not(), 1) : input.Value)
            .Aggregate((x, other) => x * other);
        return new KerasTensor(y, AnyMask(inputs));
    }
}

/// <summary>Largest or smallest of the inputs; what a mask leaves out gives way to what the others say.</summary>
public sealed class Extremum : Merge
{
    private readonly Func<torch.Tensor, torch.Tensor, torch.Tensor> _join;

    /// <summary>Largest of the inputs.</summary>
    public Extremum(Maximum spec, LayerContext context) : base(spec, context) => _join = torch.maximum;

    /// <summary>Smallest of the inputs.</summary>
    public Extremum(Minimum spec, LayerContext context) : base(spec, context) => _join = torch.minimum;

    /// <inheritdoc />
    protected override KerasTensor Join(IReadOnlyList<KerasTensor> inputs)
    {
        var (y, all) = (inputs[0].Value, inputs[0].Mask is { } first ? Spread(first, inputs[0].Value) : null);
        foreach (var (value, given) in inputs.Skip(1))
        {
            var (x, mask) = (value, given is null ? null : Spread(given, value));
            if (mask is not null)
                x = torch.where(mask, x, y);
            if (all is not null)
                y = torch.where(all, y, x);
            all = mask is not null && all is not null ? all.logical_or(mask) : null;
            y = _join(y, x);
        }
        return new KerasTensor(y, AnyMask(inputs));
    }
}
