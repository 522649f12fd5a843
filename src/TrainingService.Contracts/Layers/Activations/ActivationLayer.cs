using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>An activation as a layer of its own; its class name is <c>Activation</c>.</summary>
/// <param name="Activation">Which function.</param>
[ClassName("Activation")]
public sealed record ActivationLayer(Activations.Activation Activation) : LayerSpec
{
    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => input;
}
