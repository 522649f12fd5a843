using System.Buffers;
using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Columns;
using TrainingService.Engine.Datasets.Formats.Images;

namespace TrainingService.Engine.Datasets.Formats.TfRecords;

/// <summary>Writes records as rows of a split.</summary>
internal sealed class TfRowWriter(SplitWriter split, IReadOnlyList<TfColumn> columns)
{
    private byte[] _buffer = new byte[4_096];

    public long Rows { get; private set; }

    public void Append(TfExample example, ReadOnlyMemory<byte> record, string file, long row)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            var (column, writer) = (columns[i], split.Columns[i]);
            if (!example.Features.TryGetValue(column.Name, out var feature) || feature.Kind == TfKind.None)
                AppendMissing(column, writer, file, row);
            else if (column.Kind == TfKind.Bytes)
                AppendBytes(column, writer, record[example.Texts(record.Span, feature, row)[0]], file, row);
            else
                Put(writer, column.Kind == TfKind.Float ? Floats(writer.Info.Dtype, example.Floats(record.Span, feature, row)) : Ints(writer.Info, example.Ints(record.Span, feature, row), file, row));
        }
        Rows++;
    }

    /// <summary>A sequence that is not there is an empty one; a float is NaN, a text empty; other single values have nothing that stands for none.</summary>
    private void AppendMissing(TfColumn column, ColumnWriter writer, string file, long row)
    {
        if (writer.Info.HasOffsets())
            ((VaryingColumnWriter)writer).Append(default);
        else if (column.IsSingle && ElementTypes.IsFloating(writer.Info.Dtype))
            Put(writer, Floats(writer.Info.Dtype, [float.NaN]));
        else
            throw new IngestException(DatasetErrorCodes.BadValue, "expected this feature in every record. Received: a record without it.", file, row, column.Name);
        if (column.Kind == TfKind.Bytes)
            writer.AddMissing();
    }

    private void AppendBytes(TfColumn column, ColumnWriter writer, ReadOnlyMemory<byte> bytes, string file, long row)
    {
        if (!column.HasPictures || writer.Info.RowShape.Rank != 3)
        {
            Put(writer, bytes.Span);
            return;
        }
        // One that stays encoded is decoded all the same: a damaged one is refused here, not in a job.
        var size = writer.Info.Encoding is null
            ? new ImageSize((int)writer.Info.RowShape[0]!, (int)writer.Info.RowShape[1]!, (int)writer.Info.RowShape[2]!) : ImageDecoder.Measure(bytes, null, file, row);
        var pixels = Space(size.Height * size.Width * size.Channels);
        ImageDecoder.Decode(bytes, size, pixels, null, file, row);
        Put(writer, writer.Info.Encoding is null ? pixels : bytes.Span);
    }

    private static void Put(ColumnWriter writer, ReadOnlySpan<byte> row)
    {
        if (writer is VaryingColumnWriter varying)
            varying.Append(row);
        else
            ((FixedColumnWriter)writer).Append(row);
    }

    private ReadOnlySpan<byte> Floats(string dtype, ReadOnlySpan<float> values)
    {
        var size = ElementTypes.SizeOf(dtype);
        var bytes = Space(values.Length * size);
        for (var i = 0; i < values.Length; i++)
            NumberBytes.Write(values[i], dtype, bytes[(i * size)..]);
        return bytes;
    }

    private ReadOnlySpan<byte> Ints(ColumnInfo info, ReadOnlySpan<long> values, string file, long row)
    {
        var size = ElementTypes.SizeOf(info.Dtype);
        var bytes = Space(values.Length * size);
        for (var i = 0; i < values.Length; i++)
        {
            if (!NumberBytes.TryWrite(values[i], info.Dtype, bytes[(i * size)..]))
                throw new IngestException(DatasetErrorCodes.BadValue, $"expected {info.Dtype}. Received: {values[i]}.", file, row, info.Name);
        }
        return bytes;
    }

    private Span<byte> Space(int length)
    {
        if (_buffer.Length < length)
            _buffer = new byte[Math.Max(length, 2 * _buffer.Length)];
        return _buffer.AsSpan(0, length);
    }
}
