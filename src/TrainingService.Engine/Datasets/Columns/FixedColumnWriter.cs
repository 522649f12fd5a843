using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Columns;

/// <summary>Writes rows of one size, little-endian, one behind the other.</summary>
public sealed class FixedColumnWriter : ColumnWriter
{
    private readonly ColumnFile _file;
    private readonly NumberStatistics _statistics;
    private readonly byte[] _buffer;
    private readonly int _elementBytes;
    private int _used;

    internal FixedColumnWriter(ColumnInfo info, string directory, string name, WrittenBytes written, int bufferBytes)
        : base(info)
    {
        _elementBytes = ElementTypes.SizeOf(info.Dtype);
        RowBytes = (int)info.RowShape.Elements!.Value * _elementBytes;
        _buffer = new byte[Math.Max(RowBytes, bufferBytes / Math.Max(RowBytes, 1) * RowBytes)];
        _statistics = NumberStatistics.Of(info);
        _file = new ColumnFile(directory, name, written);
    }

    /// <summary>Bytes of a row.</summary>
    public int RowBytes { get; }

    /// <summary>Appends whole rows.</summary>
    /// <param name="rows">Their values, little-endian.</param>
    /// <exception cref="ArgumentException">Not a whole number of rows.</exception>
    public void Append(ReadOnlySpan<byte> rows)
    {
        if (RowBytes == 0 || rows.Length % RowBytes != 0)
            throw new ArgumentException($"expected whole rows of {RowBytes} bytes. Received: {rows.Length} bytes.", nameof(rows));
        Rows += rows.Length / RowBytes;
        while (!rows.IsEmpty)
        {
            if (_used == _buffer.Length)
                Flush();
            var part = rows[..Math.Min(rows.Length, _buffer.Length - _used)];
            part.CopyTo(_buffer.AsSpan(_used));
            _used += part.Length;
            rows = rows[part.Length..];
        }
    }

    /// <summary>Appends whole rows of values of the column's type.</summary>
    /// <exception cref="ArgumentException">Not the column's type, or not a whole number of rows.</exception>
    public void Append<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        Check<T>();
        Append(MemoryMarshal.AsBytes(values));
    }

    /// <summary>Appends a row of a single value of the column's type.</summary>
    public void Append<T>(T value)
        where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() != RowBytes)
            throw new ArgumentException($"expected rows of {RowBytes} bytes. Received: {Unsafe.SizeOf<T>()}.", nameof(value));
        if (_used == _buffer.Length)
            Flush();
        Unsafe.WriteUnaligned(ref _buffer[_used], value);
        _used += RowBytes;
        Rows++;
    }

    private void Check<T>()
        where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() != _elementBytes)
            throw new ArgumentException($"expected values of {Info.Dtype}. Received: {typeof(T).Name}.");
    }

    private void Flush()
    {
        var bytes = _buffer.AsSpan(0, _used);
        _statistics.Add(bytes);
        _file.Write(bytes);
        _used = 0;
    }

    internal override IReadOnlyList<DatasetFile> Finish()
    {
        Flush();
        return [_file.Finish()];
    }

    internal override ColumnStatistics Statistics() => _statistics.Result(Rows, Missing);

    /// <summary>The different values of a column of single numbers; null when there are too many, or it is none.</summary>
    internal IEnumerable<double>? DistinctValues => _statistics.Distinct;

    internal override void Delete() => _file.Delete();

    /// <inheritdoc />
    public override void Dispose() => _file.Dispose();
}
