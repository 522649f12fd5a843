using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>A layer whose output has the shape of its input.</summary>
public abstract record ElementwiseLayer : LayerSpec
{
    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => input;
}
