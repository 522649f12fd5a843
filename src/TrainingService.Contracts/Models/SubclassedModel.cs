using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Models;

/// <summary>
/// A model that is a class of the operator's own, as a subclass of Keras's <c>Model</c> is: its record says which shapes go out and which
/// weights there are, its module calls the layers. It stands wherever a layer or a model may stand.
/// </summary>
/// <remarks>Layers inside it are records that it makes from its own fields; <see cref="LayerSpec.Within"/> lists their weights.</remarks>
public abstract record SubclassedModel : ModelSpec
{
    /// <inheritdoc />
    public abstract override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs, CallSpec call);

    /// <inheritdoc />
    public abstract override IReadOnlyList<WeightSpec> Weights(IReadOnlyList<Shape> inputs, CallSpec call);
}
