using System.Globalization;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Columns;

/// <summary>Tells labels that number classes from labels that only happen to be whole.</summary>
internal static class ClassLabels
{
    /// <summary>Names of the classes, which are their numbers, where whole labels go from 0 to a number of classes without a gap; otherwise null.</summary>
    public static IReadOnlyList<string>? Of(ColumnInfo column, IReadOnlyList<ColumnWriter> splits)
    {
        if (column.Role != ColumnRole.Label || column.RowShape.Rank > 1 || column.RowShape.Elements != 1 || ElementTypes.IsFloating(column.Dtype))
            return null;
        var values = new HashSet<double>();
        foreach (var split in splits.OfType<FixedColumnWriter>())
        {
            if (split.DistinctValues is not { } distinct)
                return null;
            values.UnionWith(distinct);
        }
        return values.Count >= 2 && values.Min() == 0 && values.Max() == values.Count - 1
            ? [.. Enumerable.Range(0, values.Count).Select(number => number.ToString(CultureInfo.InvariantCulture))]
            : null;
    }
}
