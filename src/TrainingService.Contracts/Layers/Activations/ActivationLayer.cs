using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>An activation as a layer of its own; its class name is <c>Activation</c>.</summary>
/// <param name="Activation">Which function.</param>
[ClassName("Activation")]
public sealed record ActivationLayer(Activation Activation) : LayerSpec
{
    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => Activated.Shape(Activation, input);
}

/// <summary>What an activation does to a shape.</summary>
public static class Activated
{
    /// <summary>The shape after the activation: glu halves the last axis, every other one leaves it as it is.</summary>
    /// <exception cref="SpecException">The axis has no half.</exception>
    public static Shape Shape(Activation activation, Shape shape) =>
        activation != Activation.Glu ? shape
        : shape[-1] is { } size && size % 2 != 0 ? throw new SpecException($"glu halves the last axis: expected an even size. Received: {shape}.", "activation")
        : shape.WithLast(shape[-1] / 2);
}
