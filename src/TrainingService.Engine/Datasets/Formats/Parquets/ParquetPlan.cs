using Parquet.Schema;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Datasets.Columns;

namespace TrainingService.Engine.Datasets.Formats.Parquets;

/// <summary>The columns that tables of Parquet become.</summary>
internal static class ParquetPlan
{
    /// <summary>One plan for all files, which have the same columns.</summary>
    public static IReadOnlyList<ColumnInfo> Of(IReadOnlyList<ParquetTable> tables, IngestOptions options)
    {
        var first = tables[0];
        foreach (var table in tables)
        {
            if (!table.Columns.Select(column => (column.Name, column.Field.ClrType)).SequenceEqual(first.Columns.Select(column => (column.Name, column.Field.ClrType))))
                throw new IngestException(DatasetErrorCodes.BadHeader, $"expected the columns of {first.File}: {Listed(first)}. Received: {Listed(table)}.", table.File);
        }
        var columns = first.Columns.Select((column, number) => Plan(column, [.. tables.Select(table => table.Columns[number])], options, first.File)).ToList();
        return [.. ColumnRoles.Assign(columns, options, first.File).Select(column => Labelled(column, options))];
    }

    private static ColumnInfo Plan(ParquetTable.Column column, IReadOnlyList<ParquetTable.Column> everywhere, IngestOptions options, string file)
    {
        var isTime = column.Field.ClrType == typeof(DateTime) || column.Field.ClrType == typeof(DateOnly) || column.Field.ClrType == typeof(DateTimeOffset);
        var missing = everywhere.Any(table => table.HasMissing) && column.Field.MaxRepetitionLevel == 0;
        var dtype = options.Types?.GetValueOrDefault(column.Name) ?? Dtype(column.Field.ClrType, missing)
            ?? throw new IngestException(DatasetErrorCodes.Unsupported, $"expected booleans, numbers, dates, texts or bytes. Received: {column.Field.ClrType.Name}.", file, column: column.Name);
        if (!ElementTypes.Names.Contains(dtype))
            throw new IngestException(DatasetErrorCodes.BadOption, $"types: expected one of {string.Join(", ", ElementTypes.Names)}. Received: \"{dtype}\".", null, column: column.Name);
        var perRow = everywhere.Select(table => table.PerRow).Distinct().ToList() is [{ } same] ? same : (int?)null;
        var shape = column.Field.MaxRepetitionLevel == 0 ? new Shape() : new Shape((long?)perRow);
        return new ColumnInfo(column.Name, isTime ? ColumnRole.Time : ColumnRole.Feature, dtype, shape);
    }

    /// <summary>Labels of text are classes.</summary>
    private static ColumnInfo Labelled(ColumnInfo column, IngestOptions options) =>
        column is { Role: ColumnRole.Label, Dtype: ElementTypes.Text } && options.Types?.ContainsKey(column.Name) != true
            ? column with { Dtype = "int32", Classes = options.ClassNames ?? [] }
            : column;

    private static string? Dtype(Type type, bool missing) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => missing ? "float32" : "bool",
        TypeCode.SByte => missing ? "float32" : "int8",
        TypeCode.Byte => missing ? "float32" : "uint8",
        TypeCode.Int16 => missing ? "float32" : "int16",
        TypeCode.UInt16 => missing ? "float32" : "uint16",
        TypeCode.Int32 => missing ? "float64" : "int32",
        TypeCode.UInt32 => missing ? "float64" : "uint32",
        TypeCode.Int64 => missing ? "float64" : "int64",
        TypeCode.UInt64 => missing ? "float64" : "uint64",
        TypeCode.Single => "float32",
        TypeCode.Double or TypeCode.Decimal => "float64",
        TypeCode.DateTime => "int64",
        TypeCode.String => ElementTypes.Text,
        _ when type == typeof(DateOnly) || type == typeof(DateTimeOffset) || type == typeof(TimeSpan) || type == typeof(TimeOnly) => "int64",
        _ when type == typeof(byte[]) || type == typeof(ReadOnlyMemory<byte>) || type == typeof(ReadOnlyMemory<char>) || type == typeof(Guid) => ElementTypes.Text,
        _ when type == typeof(Half) => "float16",
        _ => null,
    };

    private static string Listed(ParquetTable table) => string.Join(", ", table.Columns.Take(20).Select(column => $"{column.Name} ({column.Field.ClrType.Name})"));
}
