using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Layers;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>A job's rows, checked; a set that could not be checked is null.</summary>
internal sealed record CheckedData(CheckedSource? Train, CheckedSource? Validation, CheckedSource? Test)
{
    public IEnumerable<CheckedSource> All => new[] { Train, Validation, Test }.OfType<CheckedSource>();
}

/// <summary>Checks the sets of rows of a job, and that they go together.</summary>
internal sealed class DataChecks(ReadContext context, SourceChecks sources)
{
    private readonly ValidationSplits _splits = new(context, sources);

    /// <summary>Keras's rows per batch.</summary>
    private const int DefaultBatchSize = 32;

    private const int LargestBatch = 1_048_576;

    /// <summary>Rows per batch where the pipeline does not say.</summary>
    public static int BatchSize(FitSpec fit) => fit.BatchSize ?? DefaultBatchSize;

    public CheckedData Check(DataSpec? data, FitSpec fit)
    {
        if (data is null)
            return new CheckedData(null, null, null);
        var whole = context.IsSound(data.Train) ? CheckTrain(data.Train, fit) : null;
        var (train, rest) = data.Validation is null && fit.ValidationSplit > 0 && whole is not null ? _splits.Split(whole, fit) : (whole, null);
        var validation = data.Validation is null ? rest : CheckOther(data.Validation, "validation", whole, rows => ValidationBatch(fit, whole, rows));
        if (data.Validation is { } own && validation is not null)
            CheckBatch(fit, "validation_batch_size", fit.ValidationBatchSize, own, "data.validation");
        return new CheckedData(train, validation, CheckOther(data.Test, "test", whole, _ => whole?.Batch.BatchSize ?? BatchSize(fit)));
    }

    /// <summary>Rows per batch of a validation without a batch step of its own.</summary>
    public static int ValidationBatch(FitSpec fit, CheckedSource? train, long rows) =>
        fit.ValidationBatchSize ?? fit.BatchSize ?? (train?.Origin.Pipeline ?? []).OfType<Batch>().FirstOrDefault()?.BatchSize ?? Batches(rows, fit.ValidationSteps);

    /// <summary>Keras's batches where only their number is known.</summary>
    private static int Batches(long rows, int? steps) => steps is { } count ? (int)Math.Clamp((rows + count - 1) / count, 1, LargestBatch) : DefaultBatchSize;

    private CheckedSource? CheckTrain(DataSource source, FitSpec fit)
    {
        var own = source.Pipeline is not null;
        var train = sources.Check(source, source.Pipeline ?? [], BatchSize(fit), own);
        if (train is not null && fit is { BatchSize: null, StepsPerEpoch: { } steps } && !(source.Pipeline ?? []).OfType<Batch>().Any())
            train = sources.Check(source, source.Pipeline ?? [], Batches(train.Rows, steps), own);
        if (train is null)
            return null;
        CheckBatch(fit, "batch_size", fit.BatchSize, source, "data.train");
        if (!fit.Shuffle && (source.Pipeline ?? []).OfType<Shuffle>().FirstOrDefault() is { } shuffle)
            context.Add(context.At(shuffle), ViolationCodes.Conflict, "expected no shuffle, as fit.shuffle is false. Received: one.");
        // Rows without a pipeline are shuffled as fit does with arrays.
        IReadOnlyList<PipelineStep> pipeline = fit.Shuffle ? [new Shuffle(train.Rows), train.Batch] : [train.Batch];
        return own ? train : train with { Source = train.Source with { Pipeline = pipeline } };
    }

    private void CheckBatch(FitSpec fit, string field, int? asked, DataSource source, string name)
    {
        if (asked is null || (source.Pipeline ?? []).OfType<Batch>().FirstOrDefault() is not { } batch || batch.BatchSize == asked)
            return;
        context.Add(
            context.Field(fit, field), ViolationCodes.Conflict, $"expected {batch.BatchSize}, as {name}'s pipeline says, or nothing. Received: {asked}.");
    }

    private CheckedSource? CheckOther(DataSource? source, string name, CheckedSource? train, Func<long, int> batchSize)
    {
        if (source is null || !context.IsSound(source))
            return null;
        var pipeline = source.Pipeline ?? (train is null ? [] : Inherited(train.Source.Pipeline!));
        var other = sources.Check(source, pipeline, DefaultBatchSize, own: source.Pipeline is not null);
        if (other is not null && !pipeline.OfType<Batch>().Any())
            other = sources.Check(source, pipeline, batchSize(other.Rows), own: source.Pipeline is not null);
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

    /// <summary>The training pipeline's maps but for augmentation, its cache and prefetch; every row counts and in its order.</summary>
    private static List<PipelineStep> Inherited(IReadOnlyList<PipelineStep> training) =>
        [.. training.Select(Prepares).OfType<PipelineStep>(), .. training.OfType<Prefetch>()];

    private static PipelineStep? Prepares(PipelineStep step) => step switch
    {
        Map { Layer: { } layer } map => Augmentation.Without(layer) is { } rest ? ReferenceEquals(rest, layer) ? map : map with { Function = new LayerMap(rest) } : null,
        Map map => map,
        Cache cache => cache,
        _ => null,
    };

    private static string Classes(CheckedSource source) => source.Info.Classes is { } count ? $"{count} classes" : "no classes";
}
