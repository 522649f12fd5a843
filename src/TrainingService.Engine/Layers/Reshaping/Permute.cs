using TorchSharp;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>The axes in another order: a view.</summary>
public sealed class Permute(Specs.Permute spec, LayerContext context) : Layer(spec, context)
{
    private readonly long[] _axes = [0, .. spec.Dims.Select(axis => (long)axis)];

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) => x.permute(_axes);
}

/// <summary>The input several times, along a new axis.</summary>
public sealed class RepeatVector(Specs.RepeatVector spec, LayerContext context) : Layer(spec, context)
{
    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) => x.unsqueeze(1).expand(x.size(0), spec.N, x.size(1)); // (batch, n, features)
}
