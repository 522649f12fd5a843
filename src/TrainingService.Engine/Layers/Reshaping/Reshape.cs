using TorchSharp;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>The same values under another shape.</summary>
public sealed class Reshape(Specs.Reshape spec, LayerContext context) : Layer(spec, context)
{
    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) => x.reshape([x.shape[0], .. spec.TargetShape]);
}
