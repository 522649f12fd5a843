using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Columns;
using TrainingService.Engine.Datasets.Formats.Tables;

namespace TrainingService.Engine.Datasets.Formats;

/// <summary>Separated values (RFC 4180 and its relatives), plain or gzipped: a table per split, of one file or several.</summary>
/// <param name="usualDelimiter">Where the files do not show another one.</param>
public sealed class CsvFormat(char usualDelimiter = ',') : IFormatReader
{
    private const int SampledRows = 10_000, SampledCharacters = 1 << 16;

    /// <inheritdoc />
    public void Read(IngestFiles files, IngestOptions options, ColumnWriterSet output, IngestProgress progress, CancellationToken ct)
    {
        var first = files.All.Count > 0 ? files.All[0] : throw new IngestException(DatasetErrorCodes.NoRows, "expected files. Received: none.", null);
        var quiet = files.Quiet();
        var beginning = Beginning(quiet, first);
        var dialect = CsvDialect.Find(options, usualDelimiter, beginning);
        var header = options.Header ?? HasHeader(first, beginning, dialect);
        var table = new CsvTable(options, dialect, header, ct);
        try
        {
            table.Sample(quiet, Math.Max(SampledRows / files.All.Count, 100));
            table.Write(files, output, progress);
        }
        catch (WiderColumnException)
        {
            // Rows behind the sample do not fit the types it showed: all of them are looked at, once.
            output.StartOver();
            progress.StartOver();
            table.Sample(files, long.MaxValue);
            progress.StartOver();
            table.Write(files, output, progress);
        }
    }

    private static string Beginning(IngestFiles files, IngestFile file) => CsvFile.Guarded(file.Name, 1, () =>
    {
        using var reader = CsvFile.Text(files.Open(file));
        var buffer = new char[SampledCharacters];
        return new string(buffer, 0, reader.ReadBlock(buffer));
    });

    /// <summary>A first line has names when no value of it is a number, a date or empty.</summary>
    private static bool HasHeader(IngestFile file, string beginning, CsvDialect dialect)
    {
        var end = beginning.AsSpan().IndexOfAny('\r', '\n');
        if (end < 0 && beginning.Length == SampledCharacters)
            return true; // a very long line is one of many names
        var line = beginning.AsSpan(0, end >= 0 ? end : beginning.Length);
        using var first = CsvFile.Open(file.Name, new MemoryStream(System.Text.Encoding.UTF8.GetBytes(line.ToString())), dialect, header: true);
        var names = first.ReadNames();
        return names.Skip(1).All(name => name.Length > 0 && ValueKinds.Of(name) == ValueKind.Text) && ValueKinds.Of(names[0]) == ValueKind.Text;
    }
}
