using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Losses;

/// <summary>Cross-entropy of integer class labels and class probabilities; rows of probabilities are first made to sum to one.</summary>
/// <param name="FromLogits">Whether the outputs are logits instead of probabilities. Default: false.</param>
/// <param name="IgnoreClass">A label that is left out. Default: none.</param>
/// <param name="Axis">The axis of the classes. Default: -1.</param>
/// <remarks>Labels <c>(batch, …)</c> or <c>(batch, …, 1)</c>, outputs <c>(batch, …, classes)</c>.</remarks>
public sealed record SparseCategoricalCrossentropy(bool FromLogits = false, int? IgnoreClass = null, int Axis = -1) : LossSpec
{
    /// <inheritdoc />
    public override void CheckShapes(Shape labels, Shape output)
    {
        ShapeRule.RequireAxis(Axis, output);
        if (output.Rank < 2)
            throw new SpecException($"sparse_categorical_crossentropy expects outputs (batch, …, classes). Received: {output}.");
        if (output[Axis] == 1)
            throw new SpecException("sparse_categorical_crossentropy expects one output per class; with a single output use binary_crossentropy. Received: 1 output.");
        if (!ShapeRule.ClassNumbers(labels, output, Axis))
        {
            var positions = new Shape(output.Where((_, index) => index != (Axis < 0 ? Axis + output.Rank : Axis)));
            throw new SpecException($"sparse_categorical_crossentropy expects integer labels of shape {positions} for outputs {output}. Received: labels {labels}.");
        }
    }
}
