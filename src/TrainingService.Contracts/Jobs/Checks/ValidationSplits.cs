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
        var first = (long)Math.Floor(whole.Rows * (1.0 - fit.ValidationSplit));
        if (first == 0 || first == whole.Rows)
        {
            context.Add(
                context.Field(fit, "validation_split"), ViolationCodes.NoRows,
                $"expected a part that leaves rows on both sides. Received: {first} of {whole.Rows} rows to train on.");
            return (null, null);
        }
        var pipeline = whole.Source.Pipeline!;
        // What chooses rows stands in front of the shuffle and the batches.
        var choosing = pipeline.TakeWhile(step => step is not (Shuffle or Batch or Prefetch)).ToList();
        var rest = pipeline.Skip(choosing.Count).ToList();
        IReadOnlyList<PipelineStep> train = [.. choosing, new Take(first), .. rest.Select(step => OfRows(step, whole, first))];
        var batch = new Batch(DataChecks.ValidationBatch(fit, whole, whole.Rows - first));
        IReadOnlyList<PipelineStep> validation = [.. choosing, new Skip(first), .. rest.OfType<Map>(), batch, .. rest.OfType<Prefetch>()];
        return (
            sources.Check(whole.Origin, train, whole.Batch.BatchSize, own: false),
            sources.Check(whole.Origin, validation, batch.BatchSize, own: false));
    }

    /// <summary>A complete shuffle stays one of the rows that are left.</summary>
    private static PipelineStep OfRows(PipelineStep step, CheckedSource whole, long rows) =>
        step is Shuffle shuffle && whole.Origin.Pipeline is null ? shuffle with { BufferSize = rows } : step;
}
