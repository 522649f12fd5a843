using System.Text;
using Parquet.Data;
using Parquet.Schema;
using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Columns;

namespace TrainingService.Engine.Datasets.Formats.Parquets;

/// <summary>Writes a column out of the values of a row group.</summary>
internal abstract class ParquetColumn(ColumnWriter writer)
{
    /// <summary>For a writer's type.</summary>
    public static ParquetColumn Of(ColumnWriter writer) => writer.Info.Dtype switch
    {
        _ when writer is ClassColumnWriter or VaryingColumnWriter { Info.Dtype: ElementTypes.Text } => new ParquetTexts(writer),
        "bool" => new ParquetNumbers<byte>(writer),
        "int8" => new ParquetNumbers<sbyte>(writer),
        "int16" => new ParquetNumbers<short>(writer),
        "int32" => new ParquetNumbers<int>(writer),
        "int64" => new ParquetNumbers<long>(writer),
        "uint8" => new ParquetNumbers<byte>(writer),
        "uint16" => new ParquetNumbers<ushort>(writer),
        "uint32" => new ParquetNumbers<uint>(writer),
        "uint64" => new ParquetNumbers<ulong>(writer),
        "float16" => new ParquetNumbers<Half>(writer),
        "float32" => new ParquetNumbers<float>(writer),
        "float64" => new ParquetNumbers<double>(writer),
        var other => throw new InvalidOperationException($"no Parquet values become {other}."),
    };

    /// <summary>The column that is written.</summary>
    protected ColumnWriter Writer => writer;

    /// <summary>Writes the first rows of a row group.</summary>
    /// <param name="data">The values that are there, one behind the other, and the levels that say where they are.</param>
    /// <param name="field">The column's type.</param>
    /// <param name="rows">Rows of the group.</param>
    /// <param name="wanted">Rows to write.</param>
    /// <param name="file">For complaints.</param>
    /// <param name="before">Rows of the file before the group.</param>
    public void Write(RawColumnData data, DataField field, long rows, long wanted, string file, long before)
    {
        var starts = field.MaxRepetitionLevel > 0 ? data.RepetitionLevels : [];
        var levels = field.MaxDefinitionLevel > 0 ? data.DefinitionLevels : [];
        var end = (int)wanted;
        if (field.MaxRepetitionLevel > 0)
        {
            long seen = 0;
            for (end = 0; end < starts.Length && (starts[end] > 0 || ++seen <= wanted); end++)
            {
            }
        }
        if ((field.MaxRepetitionLevel == 0 && levels.Length > 0 && levels.Length != rows) || end > Math.Max(levels.Length, Math.Max(starts.Length, rows)))
            throw new IngestException(DatasetErrorCodes.BadShape, $"expected {rows} values. Received: {levels.Length}.", file, before + 1, Writer.Info.Name);
        Write(data, levels.IsEmpty ? levels : levels[..end], field.MaxDefinitionLevel, starts.IsEmpty ? starts : starts[..end], end, new Place(file, before + 1, Writer.Info));
    }

    /// <summary>Writes values.</summary>
    protected abstract void Write(RawColumnData data, ReadOnlySpan<int> levels, int present, ReadOnlySpan<int> starts, int count, Place place);

    /// <summary>Where values are, for complaints.</summary>
    protected readonly record struct Place(string File, long FirstRow, ColumnInfo Column)
    {
        public IngestException Missing(int at) => new(DatasetErrorCodes.BadValue, Column.Role == ColumnRole.Label ? "expected a label in every row. Received: null." : "expected a value. Received: null.", File, FirstRow + at, Column.Name);

        public IngestException Wrong(int at, string message) => new(DatasetErrorCodes.BadValue, message, File, FirstRow + at, Column.Name);
    }
}

/// <summary>Writes texts, classes and bytes.</summary>
internal sealed class ParquetTexts(ColumnWriter writer) : ParquetColumn(writer)
{
    private byte[] _bytes = new byte[256];

    protected override void Write(RawColumnData data, ReadOnlySpan<int> levels, int present, ReadOnlySpan<int> starts, int count, Place place)
    {
        for (int at = 0, value = 0; at < count; at++)
        {
            if (!levels.IsEmpty && levels[at] < present)
                AddMissing(place, at);
            else
                Add(Utf8(data, value++, place), place, at);
        }
    }

    private ReadOnlySpan<byte> Utf8(RawColumnData data, int at, Place place) => data switch
    {
        RawColumnData<ReadOnlyMemory<byte>> bytes => bytes.Values[at].Span,
        RawColumnData<ReadOnlyMemory<char>> text => Encoded(text.Values[at].Span),
        RawColumnData<Guid> guid => Encoded(guid.Values[at].ToString()),
        _ => throw place.Wrong(at, $"expected texts. Received: {data.GetType().GenericTypeArguments.FirstOrDefault()?.Name}."),
    };

    private ReadOnlySpan<byte> Encoded(ReadOnlySpan<char> text)
    {
        if (_bytes.Length < 3 * text.Length)
            _bytes = new byte[4 * text.Length];
        return _bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, _bytes));
    }

    private void Add(ReadOnlySpan<byte> value, Place place, int at)
    {
        try
        {
            if (Writer is ClassColumnWriter classes)
                classes.Append(value);
            else
                ((VaryingColumnWriter)Writer).Append(value);
        }
        catch (FormatException wrong)
        {
            throw place.Wrong(at, wrong.Message);
        }
    }

    private void AddMissing(Place place, int at)
    {
        if (place.Column.Role == ColumnRole.Label)
            throw place.Missing(at);
        Writer.AddMissing();
        ((VaryingColumnWriter)Writer).Append([]);
    }
}
