using TrainingService.Engine.Losses;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Metrics;

namespace TrainingService.Engine.Metrics;

/// <summary>Intersection over union of classes, meaned over the ones that occur.</summary>
/// <param name="name">Key in the logs.</param>
/// <param name="classes">How many there are.</param>
/// <param name="targets">The ones that count; null for all.</param>
/// <param name="dtype">Type of the counts; whole numbers cut the fraction off the weights.</param>
/// <param name="ignoreClass">A label that is left out, or null.</param>
/// <param name="sparseLabels">Whether labels are class numbers.</param>
/// <param name="sparseOutputs">Whether outputs are class numbers.</param>
/// <param name="axis">The axis of the classes.</param>
/// <param name="threshold">At or above it an output is class 1; null where outputs are no probabilities of one class.</param>
public sealed class IoU(
    string name, int classes, IReadOnlyList<int>? targets, string? dtype, int? ignoreClass, bool sparseLabels, bool sparseOutputs, int axis,
    double? threshold = null) : Metric(name, Specs.Direction.Up)
{
    /// <inheritdoc />
    protected override void Accumulate(Tensor labels, Tensor outputs, Tensor? sampleWeight, Tensor? mask)
    {
        if (threshold is { } limit)
            outputs = outputs.to(float32).ge((float)limit);
        var right = Whole(sparseLabels ? labels : labels.argmax(axis)).flatten();
        var said = Whole(sparseOutputs ? outputs : outputs.argmax(axis)).flatten();
        var valid = InRange(right).logical_and(InRange(said));
        if (ignoreClass is { } ignored)
            valid = valid.logical_and(right.ne(ignored));
        var cells = (right * classes + said).masked_fill(valid.logical_not(), 0);
        var weights = (sampleWeight is null ? ones_like(right) : Whole(sampleWeight).flatten().expand_as(right)).to(float64).masked_fill(valid.logical_not(), 0);
        Add("total_confusion_matrix", zeros(classes * classes, float64, cells.device).scatter_add_(0, cells.to(int64), weights).reshape(classes, classes));
    }

    /// <inheritdoc />
    protected override Tensor Compute()
    {
        var matrix = Sum("total_confusion_matrix", classes, classes);
        var both = matrix.diagonal();
        var either = matrix.sum([0]) + matrix.sum(1) - both;
        if (targets is not null)
        {
            var places = tensor([.. targets.Select(id => (long)id)]);
            (both, either) = (both.index_select(0, places), either.index_select(0, places));
        }
        var occurs = either.gt(1e-9);
        return (both / (either + Loss.Epsilon)).masked_fill(occurs.logical_not(), 0).sum() / (occurs.sum().to(float64) + Loss.Epsilon);
    }

    /// <summary>Class numbers and weights become what the counts are.</summary>
    private Tensor Whole(Tensor values) => dtype is null or "int32" or "int64" || !values.is_floating_point() ? values.to(int64) : values;

    private Tensor InRange(Tensor values) => values.ge(0).logical_and(values.lt(classes));
}
