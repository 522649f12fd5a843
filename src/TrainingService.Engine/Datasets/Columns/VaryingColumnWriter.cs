using System.Runtime.InteropServices;
using System.Text;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Columns;

/// <summary>Writes rows of any length (texts, encoded images, sequences), and beside them where each one begins.</summary>
public sealed class VaryingColumnWriter : ColumnWriter
{
    /// <summary>Bytes that one row may have.</summary>
    public const int LargestRowBytes = 1 << 28;

    private const int LongestCounted = 256;

    private readonly ColumnFile _values, _offsets;
    private readonly byte[] _valueBuffer;
    private readonly long[] _offsetBuffer;
    private readonly DistinctValues<byte[]>? _distinct;
    private readonly int _unit;
    private int _usedValues, _usedOffsets;
    private long _length, _shortest = long.MaxValue, _longest;

    internal VaryingColumnWriter(ColumnInfo info, string directory, string values, string offsets, WrittenBytes written, int bufferBytes)
        : base(info)
    {
        (_valueBuffer, _offsetBuffer) = (new byte[bufferBytes], new long[Math.Max(bufferBytes / 4 / sizeof(long), 1)]);
        // A length is told in entries of the axis that varies; of texts and encoded images in bytes.
        _unit = info.Encoding is not null ? 1 : info.RowShape.Where(size => size is not null).Aggregate(ElementTypes.SizeOf(info.Dtype), (bytes, size) => bytes * (int)size!);
        _distinct = info.Dtype == ColumnInfo.TextDtype ? new(BytesComparer.Instance) : null;
        (_values, _offsets) = (new ColumnFile(directory, values, written), new ColumnFile(directory, offsets, written));
        AddOffset(0);
    }

    /// <summary>Appends a row.</summary>
    /// <param name="row">Its bytes.</param>
    public void Append(ReadOnlySpan<byte> row)
    {
        if (row.Length > LargestRowBytes)
            throw new ArgumentException($"expected at most {LargestRowBytes} bytes in a row. Received: {row.Length}.", nameof(row));
        Rows++;
        _length += row.Length;
        (_shortest, _longest) = (Math.Min(_shortest, row.Length), Math.Max(_longest, row.Length));
        Count(row);
        if (row.Length > _valueBuffer.Length - _usedValues)
            FlushValues();
        if (row.Length > _valueBuffer.Length)
            _values.Write(row);
        else
        {
            row.CopyTo(_valueBuffer.AsSpan(_usedValues));
            _usedValues += row.Length;
        }
        AddOffset(_length);
    }

    /// <summary>Appends a row of values of the column's type.</summary>
    public void Append<T>(ReadOnlySpan<T> row)
        where T : unmanaged => Append(MemoryMarshal.AsBytes(row));

    private void Count(ReadOnlySpan<byte> row)
    {
        if (_distinct is not { Counts: true })
            return;
        if (row.Length > LongestCounted)
            _distinct.Stop();
        else
            _distinct.AddEqual(row);
    }

    private void AddOffset(long offset)
    {
        if (_usedOffsets == _offsetBuffer.Length)
            FlushOffsets();
        _offsetBuffer[_usedOffsets++] = offset;
    }

    private void FlushValues()
    {
        _values.Write(_valueBuffer.AsSpan(0, _usedValues));
        _usedValues = 0;
    }

    private void FlushOffsets()
    {
        _offsets.Write(MemoryMarshal.AsBytes(_offsetBuffer.AsSpan(0, _usedOffsets)));
        _usedOffsets = 0;
    }

    internal override IReadOnlyList<DatasetFile> Finish()
    {
        FlushValues();
        FlushOffsets();
        return [_values.Finish(), _offsets.Finish()];
    }

    internal override ColumnStatistics Statistics()
    {
        var lengths = Rows == 0 ? null : new LengthStatistics(_shortest / _unit, _longest / _unit, (double)_length / _unit / Rows);
        return new ColumnStatistics(Rows, Missing, Lengths: lengths) with
        {
            Distinct = _distinct?.Number,
            DistinctIsLimit = _distinct is { Counts: false },
            Top = _distinct?.Top(Encoding.UTF8.GetString),
        };
    }

    internal override void Delete()
    {
        _values.Delete();
        _offsets.Delete();
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _values.Dispose();
        _offsets.Dispose();
    }
}
