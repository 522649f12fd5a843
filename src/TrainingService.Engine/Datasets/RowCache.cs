using TrainingService.Engine.Layers;
using static TorchSharp.torch;

namespace TrainingService.Engine.Datasets;

/// <summary>What a cache keeps: the values behind the maps, in the order of the first pass.</summary>
internal static class RowCache
{
    /// <summary>Computes everything once. Components without maps stay where they are.</summary>
    /// <param name="pipeline">The steps so far; its rows are taken over.</param>
    /// <param name="path">Where the values go; null keeps them in memory.</param>
    /// <param name="maps">Maps whose results are kept.</param>
    public static (RowSet Rows, RowOrder Order) Fill(PipelineBuilder pipeline, string? path, IReadOnlyList<MapStage> maps)
    {
        var source = pipeline.Rows;
        var whole = pipeline.Order.IsWhole;
        var groups = pipeline.Order.BatchSize is null ? null : pipeline.Order.Batches(0).ToList();
        long[]? chosen = whole ? null : groups is null ? [.. pipeline.Order.Rows(0)] : [.. groups.SelectMany(group => group)];
        var order = groups is null
            ? pipeline.Order.Following(chosen?.LongLength ?? source.Count)
            : pipeline.Order.Following(Numbered(groups));
        List<Component> components = [];
        for (var place = 0; place < source.Components.Count; place++)
        {
            var component = source.Components[place];
            // Weights may still be counted, and are small.
            var isKept = maps.Any(map => map.Place == place) || (path is not null && component.Role != ComponentRole.Weight);
            var column = isKept
                ? Kept(pipeline, place, chosen, source.Count, path is null ? null : $"{path}.{place}")
                : chosen is null ? component.Column : new SelectedColumn(component.Column, chosen);
            if (isKept)
                component.Column.Dispose(); // its values are kept elsewhere now
            components.Add(component with { Column = column });
        }
        return (source.With(components, chosen), order);
    }

    private static RowColumn Kept(PipelineBuilder pipeline, int place, long[]? chosen, long count, string? path)
    {
        using var noGrad = no_grad();
        var rows = chosen ?? Range(count);
        using IKeptRows kept = path is null ? new KeptRows(chosen?.LongLength ?? count) : new KeptFile(path, pipeline.Rows.Components[place].Name);
        foreach (var (_, value) in pipeline.Values(place, rows, ofRows: true))
            kept.Add(value);
        return kept.Finish();
    }

    private static IEnumerable<long> Range(long count)
    {
        for (long row = 0; row < count; row++)
            yield return row;
    }

    private static List<long[]> Numbered(List<long[]> groups)
    {
        long next = 0;
        return [.. groups.Select(group => group.Select(_ => next++).ToArray())];
    }
}
