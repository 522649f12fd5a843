using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>A job's rows, checked; a set that could not be checked is null.</summary>
internal sealed record CheckedData(CheckedSource? Train, CheckedSource? Validation, CheckedSource? Test)
{
    public IEnumerable<CheckedSource> All => new[] { Train, Validation, Test }.OfType<CheckedSource>();
}

/// <summary>Checks the sets of rows of a job, and that they go together.</summary>
internal sealed class DataChecks(ReadContext context, SourceChecks sources)
{
    /// <summary>Keras's rows per batch.</summary>
    private const int DefaultBatchSize = 32;

    /// <summary>Rows per batch where the pipeline does not say.</summary>
    public static int BatchSize(FitSpec fit) => fit.BatchSize ?? DefaultBatchSize;

    public CheckedData Check(DataSpec? data, FitSpec fit)
    {
        if (data is null)
            return new CheckedData(null, null, null);
        var batchSize = BatchSize(fit);
        var train = context.IsSound(data.Train) ? CheckTrain(data.Train, fit, batchSize) : null;
        return new CheckedData(train, CheckOther(data.Validation, "validation", train, batchSize), CheckOther(data.Test, "test", train, batchSize));
    }

    private CheckedSource? CheckTrain(DataSource source, FitSpec fit, int batchSize)
    {
        var train = sources.Check(source, source.Pipeline ?? [], batchSize, own: source.Pipeline is not null);
        if (train is null)
            return null;
        if (fit.BatchSize is { } asked && asked != train.Batch.BatchSize)
        {
            context.Add(
                context.Field(fit, "batch_size"), ViolationCodes.Conflict,
                $"expected {train.Batch.BatchSize}, as data.train's pipeline says, or nothing. Received: {asked}.");
        }
        // Rows without a pipeline are shuffled as fit does with arrays.
        return source.Pipeline is null ? train with { Source = train.Source with { Pipeline = [new Shuffle(train.Rows), train.Batch] } } : train;
    }

    private CheckedSource? CheckOther(DataSource? source, string name, CheckedSource? train, int batchSize)
    {
        if (source is null || !context.IsSound(source))
            return null;
        var pipeline = source.Pipeline ?? (train is null ? [] : Inherited(train.Source.Pipeline!, train.Batch));
        var other = sources.Check(source, pipeline, train?.Batch.BatchSize ?? batchSize, own: source.Pipeline is not null);
        if (other is null || train is null)
            return null;
        if (other.Features.Equals(train.Features) && other.Labels.Equals(train.Labels) && other.Info.Classes == train.Info.Classes)
            return other;
        context.Add(
            context.At(source), ViolationCodes.ShapeConflict,
            $"expected {name} batches like data.train's: features {train.Features}, labels {train.Labels}, {Classes(train)}. "
            + $"Received: features {other.Features}, labels {other.Labels}, {Classes(other)}.");
        return null;
    }

    /// <summary>The training pipeline's maps, cache, batch size and prefetch; every row counts, so no remainder is dropped.</summary>
    private static List<PipelineStep> Inherited(IReadOnlyList<PipelineStep> training, Batch batch) =>
        [.. training.Where(step => step is Map or Cache), new Batch(batch.BatchSize), .. training.OfType<Prefetch>()];

    private static string Classes(CheckedSource source) => source.Info.Classes is { } count ? $"{count} classes" : "no classes";
}
