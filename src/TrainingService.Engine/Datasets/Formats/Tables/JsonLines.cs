using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats.Tables;

/// <summary>The lines of a file that are not blank.</summary>
internal sealed class JsonLines(Stream stream, string file) : IDisposable
{
    private const int LongestLine = 1 << 24;

    private byte[] _buffer = new byte[1 << 18];
    private int _begin, _end;
    private bool _ended;

    /// <summary>Row, from 1.</summary>
    public long Row { get; private set; }

    /// <summary>Goes to the next line.</summary>
    public bool Read(out ReadOnlyMemory<byte> line)
    {
        while (NextLine(out line))
        {
            if (Row == 0 && line.Span.StartsWith("\uFEFF"u8))
                line = line[3..];
            if (line.Span.Trim(" \t\r"u8).IsEmpty)
                continue;
            Row++;
            return true;
        }
        return false;
    }

    private bool NextLine(out ReadOnlyMemory<byte> line)
    {
        for (var looked = _begin; ;)
        {
            var at = _buffer.AsSpan(looked, _end - looked).IndexOf((byte)'\n');
            if (at >= 0 || (_ended && _end > _begin))
            {
                var end = at >= 0 ? looked + at : _end;
                line = _buffer.AsMemory(_begin, end - _begin);
                _begin = Math.Min(end + 1, _end);
                return true;
            }
            line = default;
            if (_ended)
                return false;
            looked = _end - _begin;
            Fill();
        }
    }

    private void Fill()
    {
        _buffer.AsSpan(_begin, _end - _begin).CopyTo(_buffer);
        (_begin, _end) = (0, _end - _begin);
        if (_end == LongestLine)
            throw new IngestException(DatasetErrorCodes.TooLarge, $"expected lines of at most {LongestLine} bytes. Received: a longer one.", file, Row + 1);
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = CsvFile.Guarded(file, Row + 1, () => stream.ReadAtLeast(_buffer.AsSpan(_end), _buffer.Length - _end, throwOnEndOfStream: false));
        _ended = read < _buffer.Length - _end;
        _end += read;
    }

    public void Dispose() => stream.Dispose();
}
