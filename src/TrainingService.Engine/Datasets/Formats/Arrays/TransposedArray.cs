using System.Buffers;

namespace TrainingService.Engine.Datasets.Formats.Arrays;

/// <summary>The rows of an array whose first axis runs fastest: its values are put into a file, out of which rows are gathered block by block.</summary>
internal sealed class TransposedArray : IDisposable
{
    private readonly FileStream _values;
    private readonly ArrayHeader _header;
    private byte[] _run = [];

    public TransposedArray(Stream source, ArrayHeader header, string directory, Func<long, Exception> tooShort)
    {
        _header = header;
        _values = new FileStream(Path.Combine(directory, Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 0, FileOptions.DeleteOnClose);
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
        long done = 0;
        for (int read; done < header.ValueBytes && (read = source.Read(buffer, 0, (int)Math.Min(buffer.Length, header.ValueBytes - done))) > 0; done += read)
            _values.Write(buffer, 0, read);
        ArrayPool<byte>.Shared.Return(buffer);
        if (done < header.ValueBytes)
        {
            _values.Dispose();
            throw tooShort(done);
        }
    }

    /// <summary>Gathers the rows from <paramref name="firstRow"/> on that fill the buffer.</summary>
    public void ReadRows(Span<byte> buffer, long firstRow)
    {
        var size = _header.ElementBytes;
        var rows = (int)(buffer.Length / _header.RowBytes);
        var perRow = (int)(_header.RowBytes / size);
        if (_run.Length < rows * size)
            _run = new byte[rows * size];
        for (var element = 0; element < perRow; element++)
        {
            var run = _run.AsSpan(0, rows * size); // this element of all rows lies together
            if (RandomAccess.Read(_values.SafeFileHandle, run, (ColumnMajorIndex(element) * _header.Rows + firstRow) * size) < run.Length)
                throw new EndOfStreamException();
            for (var row = 0; row < rows; row++)
                run.Slice(row * size, size).CopyTo(buffer[((row * perRow + element) * size)..]);
        }
    }

    /// <summary>Where an element of a row, counted with the last axis fastest, lies among those counted with the first one fastest.</summary>
    private long ColumnMajorIndex(long element)
    {
        long index = 0;
        Span<long> at = stackalloc long[_header.Sizes.Count];
        for (var axis = at.Length - 1; axis > 0; axis--)
            (element, at[axis]) = Math.DivRem(element, _header.Sizes[axis]);
        for (var axis = at.Length - 1; axis > 0; axis--)
            index = index * _header.Sizes[axis] + at[axis];
        return index;
    }

    public void Dispose() => _values.Dispose();
}
