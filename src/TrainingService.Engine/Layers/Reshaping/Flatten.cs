using TorchSharp;
using TrainingService.Contracts.Layers;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>All axes but the batch's as one.</summary>
public sealed class Flatten(Specs.Flatten spec, LayerContext context) : Layer(spec, context)
{
    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        if (spec.DataFormat == DataFormat.ChannelsFirst && x.dim() > 2)
            x = x.movedim([1], [-1]); // (batch, …, channels)
        return x.reshape(x.shape[0], -1);
    }
}
