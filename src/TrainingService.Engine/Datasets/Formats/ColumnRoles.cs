using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats;

/// <summary>What the columns of a table are for.</summary>
internal static class ColumnRoles
{
    private static readonly string[] LabelNames = ["label", "labels", "target", "class", "y"];

    private static readonly string[] IdNames = ["id", "index"];

    /// <summary>Gives the columns the roles that the options say; what they do not say follows from the names.</summary>
    /// <param name="columns">The columns, with role feature, or another one that follows from their content.</param>
    /// <param name="options">Name columns by role.</param>
    /// <param name="file">For complaints.</param>
    /// <exception cref="IngestException">An option names a column that is not there.</exception>
    public static IReadOnlyList<ColumnInfo> Assign(IReadOnlyList<ColumnInfo> columns, IngestOptions options, string? file)
    {
        HashSet<string> known = [.. columns.Select(column => column.Name)];
        var labels = Named("label", options.Label) ?? Default(columns);
        var features = Named("features", options.Features);
        var ignored = Named("ignore", options.Ignore) ?? [];
        var (weight, id, time) = (One("weight", options.Weight), One("id", options.Id), One("time", options.Time));
        Named("types", options.Types?.Keys);
        return [.. columns.Select(column => column with { Role = Role(column) })];

        ColumnRole Role(ColumnInfo column) =>
            labels.Contains(column.Name) ? ColumnRole.Label
            : column.Name == weight ? ColumnRole.Weight
            : column.Name == id ? ColumnRole.Id
            : column.Name == time ? ColumnRole.Time
            : ignored.Contains(column.Name) ? ColumnRole.Ignored
            : features is not null ? (features.Contains(column.Name) ? ColumnRole.Feature : ColumnRole.Ignored)
            : id is null && IsId(column) ? ColumnRole.Id
            : column.Role;

        string? One(string option, string? name) => name is null ? null : Named(option, [name])!.Single();

        HashSet<string>? Named(string option, IEnumerable<string>? names)
        {
            if (names is null)
                return null;
            var missing = names.FirstOrDefault(name => !known.Contains(name));
            return missing is null
                ? [.. names]
                : throw new IngestException(DatasetErrorCodes.BadOption, $"{option}: expected one of the columns {Listed(columns)}. Received: \"{missing}\".", file);
        }
    }

    private static HashSet<string> Default(IReadOnlyList<ColumnInfo> columns)
    {
        var found = LabelNames.Select(name => columns.FirstOrDefault(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(column => column is not null);
        return found is null ? [] : [found.Name];
    }

    private static bool IsId(ColumnInfo column) =>
        column.RowShape.Rank == 0 && (column.Dtype == ColumnInfo.TextDtype || !Columns.ElementTypes.IsFloating(column.Dtype))
        && IdNames.Contains(column.Name, StringComparer.OrdinalIgnoreCase);

    private static string Listed(IReadOnlyList<ColumnInfo> columns) =>
        string.Join(", ", columns.Take(20).Select(column => column.Name)) + (columns.Count > 20 ? ", …" : "");
}
