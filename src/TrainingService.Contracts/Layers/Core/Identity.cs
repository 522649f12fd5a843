using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Passes on what comes in.</summary>
public sealed record Identity : LayerSpec
{
    /// <inheritdoc />
    public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs, CallSpec call) => inputs;
}
