using TorchSharp;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>While training, sets a share of the values to zero and scales the rest by <c>1 / (1 - rate)</c>; otherwise the identity.</summary>
public sealed class Dropout : Layer
{
    private readonly double _rate;

    /// <summary>Builds the layer; its masks come from a generator of its own.</summary>
    public Dropout(Specs.Dropout spec, LayerContext context) : base(spec, context)
    {
        _rate = spec.Rate;
        Generator = new(spec.Seed is { } seed ? (ulong)seed : context.Random.SeedOf("dropout", context.Name), context.Device);
    }

    /// <summary>Where the masks come from; its state is part of a checkpoint.</summary>
    public torch.Generator Generator { get; }

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        if (!call.Training || _rate == 0)
            return x;
        if (_rate == 1)
            return x * 0;
        var mask = x.empty_like(requires_grad: false).bernoulli_(1 - _rate, Generator).div_(1 - _rate);
        return x * mask;
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Generator.Dispose();
    }
}
