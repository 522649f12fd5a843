using TorchSharp;
using TrainingService.Engine.Activations;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>An activation as a layer of its own.</summary>
public sealed class ActivationLayer(Specs.ActivationLayer spec, LayerContext context) : Layer(spec, context)
{
    private readonly Func<torch.Tensor, torch.Tensor> _activation = ActivationTable.Find(spec.Activation);

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) => _activation(x);
}
