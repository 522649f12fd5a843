using TorchSharp;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>A trained factor per channel.</summary>
public sealed class LayerScale(Specs.LayerScale spec, LayerContext context) : Layer(spec, context)
{
    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) => x * Value("variable");
}

/// <summary>While training, drops whole samples and scales the rest.</summary>
public sealed class StochasticDepth : Layer
{
    private readonly double _keep;
    private readonly torch.Generator _generator;

    /// <summary>Builds the layer; what it drops comes from a generator of its own.</summary>
    public StochasticDepth(Specs.StochasticDepth spec, LayerContext context) : base(spec, context)
    {
        _keep = 1 - spec.DropPathRate;
        _generator = CreateGenerator(null, "dropout", context.Device);
    }

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        if (!call.Training || _keep == 1)
            return x;
        if (_keep == 0)
            return x * 0;
        var shape = x.shape;
        shape.AsSpan(1).Fill(1);
        return x * torch.empty(shape, x.dtype, x.device).bernoulli_(_keep, _generator).div_(_keep); // (batch, 1, …)
    }
}

/// <summary>The first input, and the second times a factor.</summary>
public sealed class CustomScaleLayer(Specs.CustomScaleLayer spec, LayerContext context) : Layer(spec, context)
{
    /// <inheritdoc />
    public override IReadOnlyList<KerasTensor> Call(IReadOnlyList<KerasTensor> inputs, CallContext call) =>
        [new KerasTensor(inputs[0].Value + inputs[1].Value * spec.Scale)];
}
