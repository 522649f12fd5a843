using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Losses;

/// <summary>
/// "crossentropy" or "ce": binary, categorical or sparse categorical cross-entropy of probabilities, decided by the shapes of labels and
/// outputs, as Keras does.
/// </summary>
[ClassName("crossentropy")]
public sealed record CrossentropyByShape : LossSpec
{
    /// <inheritdoc />
    public override LossSpec Resolve(Shape labels, Shape output)
    {
        LossSpec loss = output.Rank > 0 && output[-1] == 1 ? new BinaryCrossentropy()
            : labels.Rank < output.Rank || labels[-1] == 1 ? new SparseCategoricalCrossentropy()
            : new CategoricalCrossentropy();
        return loss with { Reduction = Reduction };
    }

    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output) => Resolve(labels, output).CheckShapes(labels, output);
}
