using TorchSharp;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>The model's entrance; passes on what comes in.</summary>
public sealed class InputLayer(Specs.InputLayer spec, LayerContext context) : Layer(spec, context)
{
    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) => x;
}
