using System.Text;
using Sylvan.Data.Csv;
using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Columns;

namespace TrainingService.Engine.Datasets.Formats.Tables;

/// <summary>The rows of one file of separated values.</summary>
internal sealed class CsvFile : IDisposable
{
    private const int FirstBuffer = 1 << 18, LongestRow = 1 << 22; // characters; the library grows by the former, and looks at a row anew each time

    private const char NoComments = '\uffff'; // no character of any text

    private readonly CsvDataReader _reader;
    private readonly string _name;
    private readonly bool _header;

    private CsvFile(string name, CsvDataReader reader, bool header) => (_name, _reader, _header) = (name, reader, header);

    /// <summary>Row, from 1, a header not counted.</summary>
    public long Row { get; private set; }

    /// <summary>Opens a file; the text is UTF-8, or what its byte order mark says.</summary>
    /// <param name="name">For complaints.</param>
    /// <param name="stream">Its content; closed with it.</param>
    /// <param name="dialect">How values are separated.</param>
    /// <param name="header">Whether the first line has names.</param>
    public static CsvFile Open(string name, Stream stream, CsvDialect dialect, bool header)
    {
        var options = new CsvDataReaderOptions
        {
            HasHeaders = false,
            Delimiter = dialect.Delimiter,
            Quote = dialect.Quote,
            Escape = dialect.Quote,
            Comment = NoComments,
            BufferSize = FirstBuffer,
            MaxBufferSize = LongestRow,
        };
        return Guarded(name, header ? 0 : 1, () => new CsvFile(name, CsvDataReader.Create(new BlockReader(Text(stream), dialect.Delimiter, name, header ? 0 : 1), options), header));
    }

    /// <summary>The first line's values; where they are no names, the columns' numbers.</summary>
    public IReadOnlyList<string> ReadNames()
    {
        var count = _reader.FieldCount;
        if (count > ColumnWriterSet.MostColumns)
            throw new IngestException(DatasetErrorCodes.TooLarge, $"expected at most {ColumnWriterSet.MostColumns} columns. Received: {count}.", _name, 1);
        if (!_header)
            return [.. Enumerable.Range(0, count).Select(number => $"column_{number}")];
        Guarded(_name, 0, _reader.Read);
        string[] names = [.. Enumerable.Range(0, _reader.RowFieldCount).Select(number => Named(_reader.GetString(number).Trim(), number))];
        return names.CountBy(name => name).FirstOrDefault(name => name.Value > 1).Key is { } twice
            ? throw new IngestException(DatasetErrorCodes.BadHeader, $"expected names that differ in the first line (where it has none, the option header is false). Received: \"{twice}\" twice.", _name, column: twice)
            : names;
    }

    /// <summary>Goes to the next row that is not blank.</summary>
    /// <param name="columns">Values that it must have.</param>
    public bool Read(int columns)
    {
        while (Guarded(_name, Row + 1, _reader.Read))
        {
            if (columns > 1 && _reader.RowFieldCount == 1 && _reader.GetFieldSpan(0).IsEmpty)
                continue;
            Row++;
            return _reader.RowFieldCount == columns
                ? true
                : throw new IngestException(DatasetErrorCodes.BadShape, $"expected {columns} values. Received: {_reader.RowFieldCount}.", _name, Row);
        }
        return false;
    }

    /// <summary>A value of the row.</summary>
    public ReadOnlySpan<char> this[int column] => _reader.GetFieldSpan(column);

    /// <summary>The text of a stream.</summary>
    public static StreamReader Text(Stream stream) =>
        new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true, FirstBuffer);

    /// <summary>Says of a library's complaint where it is.</summary>
    public static T Guarded<T>(string name, long row, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CsvRecordTooLargeException large)
        {
            throw new IngestException(DatasetErrorCodes.TooLarge, $"expected rows of at most {LongestRow} characters. Received: a longer one.", name, row, inner: large);
        }
        catch (CsvInvalidCharacterException quoting)
        {
            var atEnd = quoting.Message.Contains("end of the input", StringComparison.Ordinal);
            throw new IngestException(atEnd ? DatasetErrorCodes.Truncated : DatasetErrorCodes.BadValue, atEnd ? "expected a closing quote. Received: the end of the file." : $"expected a delimiter or the end of the line after a closing quote. Received: '{quoting.InvalidCharacter}'.", name, row, inner: quoting);
        }
        catch (DecoderFallbackException encoding)
        {
            throw new IngestException(DatasetErrorCodes.BadValue, $"expected UTF-8, or UTF-16 with a byte order mark, in this row or soon after. Received: the bytes {Convert.ToHexStringLower(encoding.BytesUnknown ?? [])}.", name, row, inner: encoding);
        }
        catch (InvalidDataException damaged)
        {
            throw new IngestException(DatasetErrorCodes.Truncated, $"expected a whole gzip file. Received: {damaged.Message}", name, row, inner: damaged);
        }
    }

    private static string Named(string name, int number) => name.Length > 0 ? name : number == 0 ? "index" : $"column_{number}";

    public void Dispose() => _reader.Dispose();
}
