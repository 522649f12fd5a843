using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Columns;

namespace TrainingService.Engine.Datasets.Formats.Arrays;

/// <summary>Copies the values of an array into a column: little-endian, row by row.</summary>
internal sealed class ArrayValues(ArrayHeader header, string file, CancellationToken ct)
{
    private const int BlockBytes = 1 << 20;

    /// <summary>Copies the first rows.</summary>
    public void Copy(Stream stream, ColumnWriter column, long rows)
    {
        CheckLength(stream);
        if (header.ColumnMajor)
        {
            using var transposed = new TransposedArray(stream, header, Path.GetTempPath(), Short);
            CopyRows(transposed.ReadRows, column, rows);
        }
        else
        {
            long done = 0;
            CopyRows((buffer, _) =>
            {
                var read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
                done += read;
                if (read < buffer.Length)
                    throw Short(done);
            }, column, rows);
            if (rows == header.Rows && stream.ReadByte() >= 0)
                throw new IngestException(DatasetErrorCodes.BadShape, $"expected {header.ValueBytes} bytes of values for shape {header.Written} of {header.Dtype}. Received: more.", file);
        }
    }

    /// <summary>A file that is not compressed is not read at all when its header lies.</summary>
    private void CheckLength(Stream stream)
    {
        if (stream.CanSeek && stream.Length - stream.Position is var left && left < header.ValueBytes)
            throw Short(left);
    }

    private IngestException Short(long received) => new(
        DatasetErrorCodes.Truncated, $"expected {header.ValueBytes} bytes of values for shape {header.Written} of {header.Dtype}. Received: {received}.", file, received / header.RowBytes + 1);

    private delegate void ReadRows(Span<byte> buffer, long firstRow);

    private void CopyRows(ReadRows read, ColumnWriter column, long rows)
    {
        var block = Math.Max(1, BlockBytes / header.RowBytes);
        var buffer = new byte[Math.Min(rows, block) * header.RowBytes];
        for (long row = 0; row < rows; row += block)
        {
            ct.ThrowIfCancellationRequested();
            var part = buffer.AsSpan(0, (int)(Math.Min(block, rows - row) * header.RowBytes));
            read(part, row);
            if (header.TextBytes > 0)
                AppendTexts((VaryingColumnWriter)column, part, row);
            else
            {
                if (header.BigEndian)
                    Reverse(part, header.ElementBytes);
                ((FixedColumnWriter)column).Append(part);
            }
        }
    }

    private void AppendTexts(VaryingColumnWriter column, Span<byte> texts, long row)
    {
        Span<byte> utf8 = new byte[header.TextBytes];
        for (; !texts.IsEmpty; texts = texts[header.TextBytes..], row++)
        {
            var text = texts[..header.TextBytes];
            if (!header.Utf32)
                column.Append(text.TrimEnd((byte)0));
            else
            {
                if (header.BigEndian)
                    Reverse(text, 4);
                column.Append(utf8[..ToUtf8(MemoryMarshal.Cast<byte, uint>(text).TrimEnd(0u), utf8, row)]);
            }
        }
    }

    private int ToUtf8(ReadOnlySpan<uint> scalars, Span<byte> utf8, long row)
    {
        var length = 0;
        foreach (var scalar in scalars)
        {
            length += Rune.TryCreate(scalar, out var rune)
                ? rune.EncodeToUtf8(utf8[length..])
                : throw new IngestException(DatasetErrorCodes.BadValue, $"expected a Unicode character. Received: {scalar:x8}.", file, row + 1);
        }
        return length;
    }

    private static void Reverse(Span<byte> values, int size)
    {
        switch (size)
        {
            case 2:
                var shorts = MemoryMarshal.Cast<byte, ushort>(values);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case 4:
                var ints = MemoryMarshal.Cast<byte, uint>(values);
                BinaryPrimitives.ReverseEndianness(ints, ints);
                break;
            case 8:
                var longs = MemoryMarshal.Cast<byte, ulong>(values);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
        }
    }
}
