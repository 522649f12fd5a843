using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Columns;

/// <summary>The rows of a column, read where they lie in its files. Spans are good until the store is disposed of.</summary>
public sealed unsafe class StoredColumn
{
    private readonly MappedFile _values;
    private readonly MappedFile? _offsets;

    internal StoredColumn(ColumnInfo info, long rows, MappedFile values, MappedFile? offsets)
    {
        (Info, Rows, _values, _offsets) = (info, rows, values, offsets);
        RowBytes = offsets is null ? checked((int)info.RowShape.Elements!.Value * ElementTypes.SizeOf(info.Dtype)) : null;
        Check(offsets ?? values, offsets is null ? rows * RowBytes!.Value : (rows + 1) * sizeof(long));
    }

    /// <summary>What it holds.</summary>
    public ColumnInfo Info { get; }

    /// <summary>How many rows.</summary>
    public long Rows { get; }

    /// <summary>Bytes of each row; null where they differ.</summary>
    public int? RowBytes { get; }

    /// <summary>The bytes of a row, little-endian.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such row.</exception>
    public ReadOnlySpan<byte> Row(long row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)row, (ulong)Rows, nameof(row));
        if (_offsets is null)
            return new ReadOnlySpan<byte>(_values.Start + row * RowBytes!.Value, RowBytes.Value);
        var offsets = (long*)_offsets.Start;
        var (begin, end) = (offsets[row], offsets[row + 1]);
        return begin >= 0 && begin <= end && end <= _values.Length && end - begin <= int.MaxValue
            ? new ReadOnlySpan<byte>(_values.Start + begin, (int)(end - begin))
            : throw new DatasetException($"{_offsets.Name}: row {row + 1} is said to go from byte {begin} to {end} of {_values.Length}.");
    }

    /// <summary>The values of a row.</summary>
    public ReadOnlySpan<T> Row<T>(long row)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Row(row));

    /// <summary>A row of a column of texts.</summary>
    public string Text(long row) => Encoding.UTF8.GetString(Row(row));

    /// <summary>Rows that follow each other, as they lie there; of a column whose rows have one size.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not all of them are there.</exception>
    public ReadOnlySpan<byte> Range(long firstRow, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        if (firstRow < 0 || firstRow > Rows - rows)
            throw new ArgumentOutOfRangeException(nameof(firstRow), $"expected rows below {Rows}. Received: {firstRow} to {firstRow + rows - 1}.");
        return new ReadOnlySpan<byte>(_values.Start + firstRow * Fixed(), checked(rows * Fixed()));
    }

    /// <summary>Copies rows by number, one behind the other; of a column whose rows have one size.</summary>
    /// <param name="rows">Row numbers.</param>
    /// <param name="destination">Where they go.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such row, or too little room.</exception>
    public void Gather(ReadOnlySpan<long> rows, Span<byte> destination)
    {
        var bytes = Fixed();
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, (long)rows.Length * bytes, nameof(destination));
        fixed (byte* to = destination)
        {
            for (var i = 0; i < rows.Length; i++)
            {
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)rows[i], (ulong)Rows, nameof(rows));
                Unsafe.CopyBlockUnaligned(to + (long)i * bytes, _values.Start + rows[i] * bytes, (uint)bytes);
            }
        }
    }

    private int Fixed() => RowBytes ?? throw new InvalidOperationException($"the rows of \"{Info.Name}\" differ in length.");

    private static void Check(MappedFile file, long expected)
    {
        if (file.Length != expected)
            throw new DatasetException($"{file.Name}: expected {expected} bytes. Received: {file.Length}.");
    }

    internal void Dispose()
    {
        _values.Dispose();
        _offsets?.Dispose();
    }
}
