using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Columns;

namespace TrainingService.Engine.Datasets.Formats.Tables;

/// <summary>
/// Text on its way to the reader of rows. It comes in parts as large as they are asked for, since that one looks at a row anew after each
/// part; and a line of far too many values does not come at all.
/// </summary>
internal sealed class BlockReader(TextReader inner, char delimiter, string file, int firstRow) : TextReader
{
    private long _lines, _length, _delimiters; // whole lines; of the one that goes on: characters, and delimiters where it is long

    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    public override int Read(Span<char> buffer)
    {
        var read = inner.ReadBlock(buffer);
        Check(buffer[..read]);
        return read;
    }

    public override int Read() => inner.Read();

    public override int Peek() => inner.Peek();

    private void Check(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOfAny('\n', '\r');
            var part = end < 0 ? text : text[..end];
            if (_length + part.Length > ColumnWriterSet.MostColumns && (_delimiters += part.Count(delimiter)) >= 2 * ColumnWriterSet.MostColumns)
                throw new IngestException(DatasetErrorCodes.TooLarge, $"expected at most {ColumnWriterSet.MostColumns} columns. Received: a line with more.", file, _lines + firstRow);
            _length += part.Length;
            if (end < 0)
                return;
            (_lines, _length, _delimiters) = (_lines + 1, 0, 0);
            text = text[(end + 1)..];
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
