using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>What validation and test rows take over of the training pipeline, and the names of what it learns.</summary>
internal static class InheritedSteps
{
    /// <summary>
    /// The training pipeline's maps but for augmentation, its filters, caches, prefetch, and its way to make batches; every row counts, once and in
    /// its order.
    /// </summary>
    /// <param name="training">With its batch step.</param>
    /// <param name="batchSize">Rows per batch.</param>
    public static IReadOnlyList<PipelineStep> Of(IReadOnlyList<PipelineStep> training, int batchSize) => [.. training.Select(step => Prepares(step, batchSize)).OfType<PipelineStep>()];

    /// <summary>A map without its augmentation; null when nothing is left.</summary>
    public static Map? WithoutAugmentation(Map map) => map.Layer is not { } layer ? map
        : Augmentation.Without(layer) is not { } rest ? null
        : ReferenceEquals(rest, layer) ? map : map with { Function = new LayerMap(rest) };

    /// <summary>Names for the layers that adapt, as Keras names layers, so that other pipelines can say whose state they take.</summary>
    public static IReadOnlyList<PipelineStep> Named(IReadOnlyList<PipelineStep> pipeline)
    {
        var taken = States(pipeline).ToHashSet(StringComparer.Ordinal);
        return [.. pipeline.Select(step => step is Map { Layer: { Name: null } layer } map && MapRules.Adapts(layer) ? map with { Function = new LayerMap(layer with { Name = Free(layer, taken) }) } : step)];
    }

    /// <summary>Names of the layers that a pipeline adapts, as far as they have names.</summary>
    public static IReadOnlyCollection<string> States(IReadOnlyList<PipelineStep> pipeline) =>
        [.. pipeline.OfType<Map>().Where(map => MapRules.Adapts(map.Layer)).Select(map => map.Layer!.Name).OfType<string>()];

    /// <summary>Rows per batch that a pipeline says itself; of buckets those of the longest rows.</summary>
    public static int? BatchSize(IReadOnlyList<PipelineStep>? pipeline) => (pipeline ?? []).FirstOrDefault(SourceChecks.IsBatch) switch
    {
        Batch batch => batch.BatchSize,
        PaddedBatch padded => padded.BatchSize,
        BucketBySequenceLength buckets => buckets.BucketBatchSizes[^1],
        _ => null,
    };

    private static PipelineStep? Prepares(PipelineStep step, int batchSize) => step switch
    {
        Map map => WithoutAugmentation(map),
        Filter or Cache or Prefetch => step,
        Batch => new Batch(batchSize),
        PaddedBatch padded => padded with { BatchSize = batchSize, DropRemainder = false },
        BucketBySequenceLength buckets => new PaddedBatch(batchSize, buckets.PaddedShapes, buckets.PaddingValues),
        _ => null,
    };

    private static string Free(LayerSpec layer, HashSet<string> taken)
    {
        var name = KerasKind.SnakeCase(KerasKind.ClassName(layer.GetType()));
        var free = name;
        for (var number = 1; !taken.Add(free); number++)
            free = $"{name}_{number}";
        return free;
    }
}
