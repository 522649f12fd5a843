using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Losses;

namespace TrainingService.Engine.Losses;

/// <summary>"crossentropy": which of the three it is shows in the shapes, as in Keras.</summary>
public sealed class CrossentropyByShape(Specs.CrossentropyByShape spec) : Loss(spec.Reduction)
{
    private readonly BinaryCrossentropy _binary = new(new Specs.BinaryCrossentropy());
    private readonly SparseCategoricalCrossentropy _sparse = new(new Specs.SparseCategoricalCrossentropy());
    private readonly CategoricalCrossentropy _categorical = new(new Specs.CategoricalCrossentropy());

    /// <inheritdoc />
    protected override bool LabelsAreFloats => false;

    /// <inheritdoc />
    protected override LossValues Compute(Tensor labels, Tensor outputs) =>
        outputs.size(-1) == 1 ? _binary.Values(labels, outputs)
        : labels.dim() < outputs.dim() || labels.size(-1) == 1 ? _sparse.Values(labels, outputs)
        : _categorical.Values(labels, outputs);
}
