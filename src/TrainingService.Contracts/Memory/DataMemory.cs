using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs.Checks;

namespace TrainingService.Contracts.Memory;

/// <summary>What a job's rows take.</summary>
internal static class DataMemory
{
    /// <summary>Batches ahead where prefetch does not say.</summary>
    private const int DefaultPrefetch = 8;

    /// <summary>What a set of rows takes while it is trained on: as it was read or as the cache made it, with its labels and their order.</summary>
    public static Int128 Kept(CheckedSource source) => (source.CachedBytes > 0 ? source.CachedBytes : Features(source)) + Labels(source) + (Rows(source) * 2 * sizeof(long));

    /// <summary>The most while one set after the other is read.</summary>
    public static Int128 Loading(IEnumerable<CheckedSource> sources)
    {
        Int128 before = 0, most = 0;
        foreach (var source in sources)
        {
            // Files come in parts that are then joined; a cache is filled from what was read.
            most = Int128.Max(most, before + Labels(source) + Features(source) + Int128.Max(Features(source), source.CachedBytes));
            before += Kept(source);
        }
        return most;
    }

    /// <summary>Batches that are prepared, one that waits for its place, and one that is trained on. Only one set is read at a time.</summary>
    public static Int128 InFlight(IEnumerable<CheckedSource> sources) => sources.Select(source =>
        (2 + (source.Source.Pipeline!.OfType<Prefetch>().FirstOrDefault() is { } prefetch ? prefetch.BufferSize ?? DefaultPrefetch : 0))
        * Footprint.Elements(source.Features) * source.Batch.BatchSize * sizeof(float)).DefaultIfEmpty().Max();

    private static Int128 Rows(CheckedSource source) => source.Info.Splits[source.Source.Split];

    private static Int128 Features(CheckedSource source) => Rows(source) * (source.Info.FeatureShape.Elements ?? 0) * SourceChecks.BytesOf(source.Info.FeatureDtype);

    /// <summary>Numbers of classes become int64.</summary>
    private static Int128 Labels(CheckedSource source) =>
        Rows(source) * (source.Info.LabelShape.Elements ?? 0) * (source.Info.Classes is null ? SourceChecks.BytesOf(source.Info.LabelDtype) : sizeof(long));
}
