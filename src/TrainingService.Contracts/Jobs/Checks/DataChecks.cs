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
internal static class DataChecks
{
    /// <summary>Keras's rows per batch.</summary>
    private const int DefaultBatchSize = 32;

    public static CheckedData Check(DataSpec? data, FitSpec fit, ReadContext context, IReadOnlyList<DatasetInfo> datasets)
    {
        if (data is null || !context.IsSound(data.Train))
            return new CheckedData(null, null, null);
        var sources = new SourceChecks(context, datasets);
        var batchSize = fit.BatchSize ?? DefaultBatchSize;
        var steps = data.Train.Pipeline ?? [new Shuffle(long.MaxValue)];
        var train = sources.Check(data.Train, steps, batchSize, own: data.Train.Pipeline is not null);
        if (train is not null && data.Train.Pipeline is null)
            train = train with { Source = train.Source with { Pipeline = [new Shuffle(train.Rows), train.Batch] } };
        if (train is not null && fit.BatchSize is { } asked && asked != train.Batch.BatchSize)
        {
            context.Add(
                context.Field(fit, "batch_size"), ViolationCodes.Conflict,
                $"expected {train.Batch.BatchSize}, as data.train's pipeline says, or nothing. Received: {asked}.");
        }
        return new CheckedData(train, Other(data.Validation, "validation"), Other(data.Test, "test"));

        CheckedSource? Other(DataSource? source, string name)
        {
            if (source is null || !context.IsSound(source) || (source.Pipeline is null && train is null))
                return null;
            var pipeline = source.Pipeline ?? Inherited(steps, train!.Batch);
            var other = sources.Check(source, pipeline, train?.Batch.BatchSize ?? batchSize, own: source.Pipeline is not null);
            return other is not null && train is not null && !GoesWith(other, train, name, context) ? null : other;
        }
    }

    /// <summary>The training pipeline's maps and cache, and its batch size; every row counts, so no remainder is dropped.</summary>
    private static List<PipelineStep> Inherited(IReadOnlyList<PipelineStep> training, Batch batch) =>
        [.. training.Where(step => step is Map or Cache), new Batch(batch.BatchSize)];

    private static bool GoesWith(CheckedSource other, CheckedSource train, string name, ReadContext context)
    {
        if (other.Features.Equals(train.Features) && other.Labels.Equals(train.Labels) && other.Info.Classes == train.Info.Classes)
            return true;
        context.Add(
            context.At(other.Origin), ViolationCodes.ShapeConflict,
            $"expected {name} batches like data.train's: features {train.Features}, labels {train.Labels}, {Classes(train)}. "
            + $"Received: features {other.Features}, labels {other.Labels}, {Classes(other)}.");
        return false;
    }

    private static string Classes(CheckedSource source) => source.Info.Classes is { } count ? $"{count} classes" : "no classes";
}
