using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Datasets.Columns;

namespace TrainingService.Engine.Datasets.Formats.Tables;

/// <summary>Reads the files of a table: first to find out what the columns hold, then to write them.</summary>
internal sealed class CsvTable(IngestOptions options, CsvDialect dialect, bool header, CancellationToken ct)
{
    private const int RowsPerLook = 4_096;

    private readonly MissingValues _missing = new(options);
    private IReadOnlyList<string> _names = [];
    private List<ColumnGuess> _guesses = [];

    /// <summary>Looks at the first rows of each file.</summary>
    public void Sample(IngestFiles files, long rows)
    {
        _names = [];
        foreach (var file in files.All)
        {
            using var table = Open(files, file);
            for (long row = 0; row < rows && table.Read(_names.Count); row++)
            {
                if (row % RowsPerLook == 0)
                    ct.ThrowIfCancellationRequested();
                for (var column = 0; column < _guesses.Count; column++)
                {
                    var value = table[column].Trim();
                    if (_missing.Contains(value))
                        _guesses[column].AddMissing();
                    else
                        _guesses[column].Add(value, file.Name, table.Row);
                }
            }
        }
    }

    /// <summary>Writes all rows.</summary>
    /// <exception cref="WiderColumnException">A column holds more than the rows showed that were looked at.</exception>
    public void Write(IngestFiles files, ColumnWriterSet output, IngestProgress progress)
    {
        var plans = new TablePlan(options, _guesses, files.All[0].Name);
        output.Declare(plans.Columns);
        foreach (var (split, parts) in files.BySplit())
        {
            var writer = output.Split(split);
            var columns = writer.Columns.Select((column, number) => new TableColumn(column, plans.Kinds[number], options, _missing)).ToArray();
            var left = options.MaxRows ?? long.MaxValue;
            foreach (var file in parts.TakeWhile(_ => left > 0))
            {
                using var table = Open(files, file);
                left -= Copy(table, file.Name, columns, left, progress);
            }
        }
    }

    private long Copy(CsvFile table, string file, TableColumn[] columns, long most, IngestProgress progress)
    {
        long rows = 0;
        while (rows < most && table.Read(columns.Length))
        {
            for (var column = 0; column < columns.Length; column++)
                columns[column].Add(table[column], file, table.Row);
            if (++rows % RowsPerLook == 0)
            {
                ct.ThrowIfCancellationRequested();
                progress.AddRows(RowsPerLook);
            }
        }
        progress.AddRows(rows % RowsPerLook);
        return rows;
    }

    private CsvFile Open(IngestFiles files, IngestFile file)
    {
        var table = CsvFile.Open(file.Name, files.Open(file), dialect, header);
        var names = table.ReadNames();
        if (_names.Count == 0)
            (_names, _guesses) = (names, [.. names.Select(name => new ColumnGuess(name))]);
        if (names.SequenceEqual(_names))
            return table;
        table.Dispose();
        throw new IngestException(DatasetErrorCodes.BadHeader, $"expected the columns {Listed(_names)}, as in the first file. Received: {Listed(names)}.", file.Name);
    }

    private static string Listed(IReadOnlyList<string> names) => string.Join(", ", names.Take(20)) + (names.Count > 20 ? $", … ({names.Count})" : "");
}
