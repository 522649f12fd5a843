using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>A set of rows that was checked.</summary>
/// <param name="Origin">As it stands in the document.</param>
/// <param name="Source">With its whole pipeline written out.</param>
/// <param name="Info">The data set.</param>
/// <param name="Rows">Rows that come out.</param>
/// <param name="Features">Shape of a batch of features.</param>
/// <param name="Labels">Shape of a batch of labels.</param>
/// <param name="Batch">The pipeline's batch step.</param>
/// <param name="CachedBytes">What the pipeline's cache will hold.</param>
internal sealed record CheckedSource(
    DataSource Origin, DataSource Source, DatasetInfo Info, long Rows, Shape Features, Shape Labels, Batch Batch, Int128 CachedBytes);

/// <summary>Checks a set of rows: that it exists, and what its pipeline makes of it.</summary>
internal sealed class SourceChecks(ReadContext context, IReadOnlyList<DatasetInfo> datasets)
{
    /// <param name="source">The rows.</param>
    /// <param name="pipeline">Its steps, or those it gets for want of its own.</param>
    /// <param name="batchSize">Rows per batch where the pipeline does not say.</param>
    /// <param name="own">Whether the steps stand in the document at this source.</param>
    /// <returns>The rows, or null after a violation.</returns>
    public CheckedSource? Check(DataSource source, IReadOnlyList<PipelineStep> pipeline, int batchSize, bool own)
    {
        if (FindDataset(source) is not { } info)
            return null;
        if (!info.Splits.TryGetValue(source.Split, out var rows))
        {
            context.Add(
                context.Field(source, "split"), ViolationCodes.UnknownSplit,
                $"expected a split of {info.Name}: one of {Received.Words(info.Splits.Keys)}. Received: \"{source.Split}\".", NearMiss.Hint(source.Split, info.Splits.Keys));
            return null;
        }
        var before = context.Count;
        if (own)
            PipelineOrder.Check(pipeline, context);
        var features = new Shape([null, .. info.FeatureShape]);
        var bytesPerElement = BytesOf(info.FeatureDtype);
        Int128 cached = 0, whole = rows;
        var mapped = false;
        foreach (var step in pipeline)
        {
            switch (step)
            {
                case Take take: rows = Math.Min(rows, take.Count); break;
                case Skip skip: rows = Math.Max(0, rows - skip.Count); break;
                case Map { Layer: { } layer } when own && !CheckMap(layer): return null;
                case Map map when Apply(map, features, own ? null : source) is { } shape: (features, bytesPerElement, mapped) = (shape, sizeof(float), true); break;
                case Map: return null;
                // Whatever rows are chosen, the cache holds the whole split; without a map it is the split itself.
                case Cache when mapped: cached = whole * (features.ElementsPerSample ?? 0) * bytesPerElement; break;
                default: break;
            }
        }
        var batch = pipeline.OfType<Batch>().FirstOrDefault() ?? new Batch(batchSize);
        if (rows == 0 || (batch.DropRemainder && rows < batch.BatchSize))
        {
            var why = rows == 0 ? "skip and take leave none" : $"{rows} rows make no whole batch of {batch.BatchSize}, and drop_remainder leaves it out";
            context.Add(own ? context.Field(source, "pipeline") : context.At(source), ViolationCodes.NoRows, $"expected at least one batch of rows. Received: {why}.");
        }
        return context.Count > before
            ? null
            : new CheckedSource(
                source, source with { Pipeline = PipelineOrder.Arrange(pipeline, batch) }, info, rows, features, new Shape([null, .. info.LabelShape]), batch, cached);
    }

    /// <summary>Bytes of one element.</summary>
    public static int BytesOf(string dtype) => dtype switch
    {
        "bool" or "int8" or "uint8" => 1,
        "int16" or "uint16" or "float16" or "bfloat16" => 2,
        "int64" or "uint64" or "float64" => 8,
        _ => 4,
    };

    private DatasetInfo? FindDataset(DataSource source)
    {
        if (DatasetReference.Find(datasets, source.Dataset ?? "") is { } info)
            return info;
        var names = datasets.Select(each => each.Name).ToList();
        var known = names.Count == 0 ? "there are none" : $"one of {Received.Words(names)}";
        context.Add(
            context.Field(source, "dataset"), ViolationCodes.UnknownDataset, $"expected a data set: {known}. Received: \"{source.Dataset}\".",
            NearMiss.Hint(source.Dataset ?? "", names));
        return null;
    }

    private bool CheckMap(LayerSpec layer)
    {
        if (MapRules.Refusal(layer) is not { } reason)
            return true;
        context.Add(context.At(layer), ViolationCodes.UnsupportedValue, reason);
        return false;
    }

    /// <param name="map">The step.</param>
    /// <param name="features">Shape that comes in.</param>
    /// <param name="inheritor">The rows that got this step from the training pipeline, or null when it stands there itself.</param>
    private Shape? Apply(Map map, Shape features, DataSource? inheritor)
    {
        try
        {
            return map.Function.OutputShape(features);
        }
        catch (SpecException broken)
        {
            var pointer = inheritor is null ? context.Field(map.Layer is { } layer ? layer : map.Function, broken.Field) : context.At(inheritor);
            context.Add(pointer, ViolationCodes.ShapeConflict, $"{map.Function.Name}: {broken.Message}");
            return null;
        }
    }
}
