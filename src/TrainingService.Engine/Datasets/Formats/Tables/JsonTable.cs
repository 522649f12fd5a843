using System.Text.Json;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Datasets.Columns;

namespace TrainingService.Engine.Datasets.Formats.Tables;

/// <summary>Reads files of JSON lines: first to find out what the columns hold, then to write them.</summary>
internal sealed class JsonTable(IngestOptions options, CancellationToken ct)
{
    private const int RowsPerLook = 4_096, Deepest = 16;

    private readonly MissingValues _missing = new(options);
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<JsonColumnGuess> _guesses = [];

    /// <summary>Looks at the first rows of each file.</summary>
    public void Look(IngestFiles files, long rows)
    {
        _numbers.Clear();
        _guesses.Clear();
        long all = 0;
        foreach (var file in files.All)
        {
            using var lines = new JsonLines(files.Open(file), file.Name);
            for (long row = 0; row < rows && lines.Read(out var line); row++, all++)
            {
                if (row % RowsPerLook == 0)
                    ct.ThrowIfCancellationRequested();
                ForEach(line, file.Name, lines.Row, (name, value) => Guess(name, file.Name).Add(value, file.Name, lines.Row));
            }
        }
        foreach (var guess in _guesses.Where(guess => guess.Seen < all))
            guess.Values.AddMissing();
    }

    /// <summary>Writes all rows.</summary>
    /// <exception cref="WiderColumnException">A column holds more than the rows showed that were looked at.</exception>
    public void Write(IngestFiles files, ColumnWriterSet output, IngestProgress progress)
    {
        if (_guesses.Count == 0)
            throw new IngestException(DatasetErrorCodes.NoRows, "expected objects with members. Received: none.", files.All is [var first, ..] ? first.Name : null);
        var plan = new TablePlan(options, [.. _guesses.Select(guess => guess.Values)], files.All[0].Name, Lists());
        output.Declare(plan.Columns);
        foreach (var (split, parts) in files.BySplit())
        {
            var columns = output.Split(split).Columns.Select((column, number) => new JsonColumn(column, plan.Kinds[number], options, _missing)).ToArray();
            var left = options.MaxRows ?? long.MaxValue;
            foreach (var file in parts.TakeWhile(_ => left > 0))
                left -= Copy(files, file, columns, left, progress);
        }
    }

    private Dictionary<string, ColumnInfo> Lists() => _guesses.Where(guess => guess.IsList).ToDictionary(
        guess => guess.Values.Name,
        guess => new ColumnInfo(guess.Values.Name, ColumnRole.Feature, options.Types?.GetValueOrDefault(guess.Values.Name) ?? guess.ListDtype, new Shape((long?)(guess.Length > 0 ? guess.Length : null))));

    private long Copy(IngestFiles files, IngestFile file, JsonColumn[] columns, long most, IngestProgress progress)
    {
        using var lines = new JsonLines(files.Open(file), file.Name);
        while (lines.Row < most && lines.Read(out var line))
        {
            ForEach(line, file.Name, lines.Row, (name, value) =>
            {
                if (!_numbers.TryGetValue(name, out var number))
                    throw new WiderColumnException(); // a member that the rows before did not have
                columns[number].Add(value, file.Name, lines.Row);
            });
            foreach (var column in columns)
                column.EndRow(file.Name, lines.Row);
            if (lines.Row % RowsPerLook != 0)
                continue;
            ct.ThrowIfCancellationRequested();
            progress.AddRows(RowsPerLook);
        }
        progress.AddRows(lines.Row % RowsPerLook);
        return lines.Row;
    }

    private JsonColumnGuess Guess(string name, string file)
    {
        if (_numbers.TryGetValue(name, out var number))
            return _guesses[number];
        if (_guesses.Count == ColumnWriterSet.MostColumns)
            throw new IngestException(DatasetErrorCodes.TooLarge, $"expected at most {ColumnWriterSet.MostColumns} members. Received: more.", file);
        _numbers.Add(name, _guesses.Count);
        _guesses.Add(new JsonColumnGuess(name));
        return _guesses[^1];
    }

    private static void ForEach(ReadOnlyMemory<byte> line, string file, long row, Action<string, JsonElement> member)
    {
        try
        {
            using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = Deepest });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new IngestException(DatasetErrorCodes.BadValue, $"expected a JSON object in each line. Received: {document.RootElement.ValueKind}.", file, row);
            ForEach("", document.RootElement, member);
        }
        catch (JsonException damaged)
        {
            throw new IngestException(DatasetErrorCodes.BadValue, $"expected a JSON object in each line. Received: {damaged.Message}", file, row, inner: damaged);
        }
    }

    private static void ForEach(string prefix, JsonElement from, Action<string, JsonElement> member)
    {
        foreach (var property in from.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Object)
                ForEach($"{prefix}{property.Name}.", property.Value, member);
            else
                member(prefix.Length == 0 ? property.Name : prefix + property.Name, property.Value);
        }
    }
}
