using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs.Checks;

namespace TrainingService.Contracts.Memory;

/// <summary>What a job's rows take.</summary>
internal static class DataMemory
{
    /// <summary>Batches ahead where prefetch does not say.</summary>
    private const int DefaultPrefetch = 8;

    /// <summary>
    /// What a set of rows takes while it is trained on: what its caches hold, the order of its rows, and the rows themselves with their labels,
    /// where they are not mapped from their files: what is mapped the system can take back.
    /// </summary>
    public static Int128 Kept(CheckedSource source) =>
        (source.CachedBytes > 0 ? source.CachedBytes : Read(source, RowPart.Feature)) + Labels(source) + ((Int128)source.Stored * 2 * sizeof(long));

    /// <summary>The most while one set after the other is read.</summary>
    public static Int128 Loading(IEnumerable<CheckedSource> sources)
    {
        Int128 before = 0, most = 0;
        foreach (var source in sources)
        {
            // Files come in parts that are then joined; a cache is filled from what was read.
            var features = Read(source, RowPart.Feature);
            most = Int128.Max(most, before + Labels(source) + features + Int128.Max(features, source.CachedBytes));
            before += Kept(source);
        }
        return most;
    }

    /// <summary>Batches that are prepared, one that waits for its place, and one that is trained on. Only one set is read at a time.</summary>
    public static Int128 InFlight(IEnumerable<CheckedSource> sources) => sources.Select(source =>
        (2 + source.Pipeline.OfType<Prefetch>().Sum(prefetch => prefetch.BufferSize ?? DefaultPrefetch))
        * Footprint.Elements(source.Layout.Features.Select(feature => feature.Shape)) * source.BatchSize * sizeof(float)).DefaultIfEmpty().Max();

    /// <summary>Bytes of the columns of one part that are read into memory as they were shipped.</summary>
    private static Int128 Read(CheckedSource source, RowPart part) => source.Parts.Aggregate(Int128.Zero, (sum, each) => each.Info.Columns is not null ? sum
        : sum + (each.Info.Splits[each.Split] * (part == RowPart.Feature
            ? (each.Info.FeatureShape.Elements ?? 0) * SourceChecks.BytesOf(each.Info.FeatureDtype)
            // Numbers of classes become int64.
            : (each.Info.LabelShape.Elements ?? 0) * (each.Info.Classes is null ? SourceChecks.BytesOf(each.Info.LabelDtype) : sizeof(long)))));

    private static Int128 Labels(CheckedSource source) => Read(source, RowPart.Label);
}
