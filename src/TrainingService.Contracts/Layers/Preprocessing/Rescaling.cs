using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary><c>y = x · scale + offset</c>, in the layer's dtype.</summary>
/// <param name="Scale">Factor, such as 1/255.</param>
/// <param name="Offset">Added afterwards. Default: 0.</param>
public sealed record Rescaling(double Scale, double Offset = 0.0) : LayerSpec
{
    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => input;
}
