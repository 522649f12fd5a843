using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>Checks the steps that put rows of different sizes together.</summary>
internal sealed class PaddingChecks(StepChecks steps)
{
    /// <returns>False after a violation.</returns>
    public bool Pad(PipelineStep step, IReadOnlyDictionary<string, Shape>? shapes, IReadOnlyDictionary<string, double>? values, RowFlow flow)
    {
        foreach (var (field, names) in new[] { ("padded_shapes", shapes?.Keys), ("padding_values", values?.Keys) })
        {
            foreach (var name in names ?? [])
            {
                if (flow.Layout.Find(name) is null)
                    return steps.Refuse(step, field, ViolationCodes.UnknownValue, $"expected names out of {Received.Words(flow.Layout.Names())}. Received: \"{name}\".", NearMiss.Hint(name, flow.Layout.Names()));
            }
        }
        foreach (var (name, wanted) in shapes ?? new Dictionary<string, Shape>())
        {
            var tensor = flow.Layout.Find(name)!;
            if (Padded(tensor.Shape, wanted) is not { } shape)
                return steps.Refuse(step, "padded_shapes", ViolationCodes.ShapeConflict, $"expected a shape that rows of {tensor.Shape} can be filled up to, without the batch axis. Received: {wanted} for {name}.");
            flow.Replace(tensor, tensor with { Shape = shape });
        }
        return true;
    }

    /// <returns>False after a violation.</returns>
    public bool Bucket(BucketBySequenceLength step, RowFlow flow)
    {
        if (step.BucketBatchSizes.Count != step.BucketBoundaries.Count + 1)
            return steps.Refuse(step, "bucket_batch_sizes", ViolationCodes.Conflict, $"expected {step.BucketBoundaries.Count + 1} sizes, one more than boundaries. Received: {step.BucketBatchSizes.Count}.");
        if (step.BucketBoundaries.Zip(step.BucketBoundaries.Skip(1)).Any(pair => pair.First >= pair.Second))
            return steps.Refuse(step, "bucket_boundaries", ViolationCodes.OutOfRange, $"expected rising numbers. Received: {string.Join(", ", step.BucketBoundaries.Take(20))}.");
        if (steps.Target(step, step.On, flow) is not { } tensor)
            return false;
        return tensor.Shape.Rank < 2 || tensor.IsText()
            ? steps.Refuse(step, "on", ViolationCodes.ShapeConflict, $"expected a tensor whose rows have a length. Received: {tensor.Name} {tensor.Dtype} {tensor.Shape}.")
            : Pad(step, step.PaddedShapes, step.PaddingValues, flow);
    }

    /// <summary>The shape of a batch; null when rows of the first shape do not fit into the second.</summary>
    private static Shape? Padded(Shape tensor, Shape wanted) =>
        wanted.Rank == tensor.Rank - 1 && tensor.Skip(1).Zip(wanted).All(pair => pair.Second is null || pair.First is null || pair.First <= pair.Second)
            ? new Shape([tensor[0], .. tensor.Skip(1).Zip(wanted, (own, to) => to ?? own)]) : null;
}
