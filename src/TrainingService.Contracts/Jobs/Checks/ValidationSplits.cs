using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>Keras's <c>validation_split</c>: the last rows, before any shuffling, as steps of the two pipelines.</summary>
internal sealed class ValidationSplits(ReadContext context, SourceChecks sources)
{
    /// <param name="whole">The training rows.</param>
    /// <param name="fit">Says how many go.</param>
    /// <returns>What is left of them, and the rows to validate on; nothing after a violation.</returns>
    public (CheckedSource? Train, CheckedSource? Validation) Split(CheckedSource whole, FitSpec fit)
    {
        var pipeline = whole.Pipeline;
        // What chooses rows stands in front of what arranges them.
        var choosing = pipeline.TakeWhile(step => step is not (Shuffle or Batch or PaddedBatch or BucketBySequenceLength or Prefetch or Repeat or Resample or RejectionResample)).ToList();
        if (choosing.OfType<Filter>().FirstOrDefault() is not null)
        {
            context.Add(
                context.Field(fit, "validation_split"), ViolationCodes.Conflict,
                "expected a pipeline whose rows can be counted: filter shows only while running how many are left. Received: a filter.", "data.split divides rows before any step");
            return (null, null);
        }
        var rows = choosing.Aggregate(whole.Stored, Count);
        var first = (long)Math.Floor(rows * (1.0 - fit.ValidationSplit));
        if (first == 0 || first == rows)
        {
            context.Add(
                context.Field(fit, "validation_split"), ViolationCodes.NoRows,
                $"expected a part that leaves rows on both sides. Received: {first} of {rows} rows to train on.");
            return (null, null);
        }
        var rest = pipeline.Skip(choosing.Count).ToList();
        IReadOnlyList<PipelineStep> train = [.. choosing, new Take(first), .. rest.Select(step => OfRows(step, whole, first))];
        var size = DataChecks.ValidationBatch(fit, whole, rows - first);
        // Caches of the two would hold the same rows twice: the last rows are prepared anew.
        IReadOnlyList<PipelineStep> validation =
            [.. choosing.Select(Prepares).OfType<PipelineStep>(), new Skip(first), .. InheritedSteps.Of([.. rest.Where(step => step is not Cache)], size)];
        var plan = new SourcePlan(whole.Source, whole.Origin, train, whole.BatchSize, Own: false);
        return (sources.Check(plan), sources.Check(plan with { Pipeline = validation, BatchSize = size, States = InheritedSteps.States(train) }));
    }

    private static PipelineStep? Prepares(PipelineStep step) => step is Map map ? InheritedSteps.WithoutAugmentation(map) : step;

    private static long Count(long rows, PipelineStep step) => step switch
    {
        Take take => Math.Min(rows, take.Count),
        Skip skip => Math.Max(0, rows - skip.Count),
        Shard shard => (rows - shard.Index + shard.NumShards - 1) / shard.NumShards,
        _ => rows,
    };

    /// <summary>A complete shuffle stays one of the rows that are left.</summary>
    private static PipelineStep OfRows(PipelineStep step, CheckedSource whole, long rows) =>
        step is Shuffle shuffle && whole.Origin.Pipeline is null ? shuffle with { BufferSize = rows } : step;
}
