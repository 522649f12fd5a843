using TorchSharp;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary><c>y = x · scale + offset</c>, as float32.</summary>
public sealed class Rescaling(Specs.Rescaling spec, LayerContext context) : Layer(spec, context)
{
    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        var y = x.to(torch.float32) * spec.Scale;
        return spec.Offset == 0 ? y : y + spec.Offset;
    }
}
