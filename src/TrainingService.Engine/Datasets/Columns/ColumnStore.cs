using System.Text.Json;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;

namespace TrainingService.Engine.Datasets.Columns;

/// <summary>
/// The stored form of a data set, mapped into memory: rows are read where they lie in the files, so that a data set may be larger than
/// memory. Safe for several threads.
/// </summary>
public sealed class ColumnStore : IDisposable
{
    /// <summary>Bytes of the files that stay in this process's memory, about.</summary>
    public const long DefaultWorkingSetBytes = 512L << 20;

    private readonly string _directory;
    private readonly Dictionary<(string Split, int Column), StoredColumn> _open = [];
    private readonly Lock _gate = new();
    private readonly WorkingSet _workingSet;

    private ColumnStore(string directory, DatasetSchema schema, long workingSetBytes) =>
        (_directory, Schema, _workingSet) = (directory, schema, new WorkingSet(workingSetBytes));

    /// <summary>What it holds.</summary>
    public DatasetSchema Schema { get; }

    /// <summary>Whether a folder holds a stored form.</summary>
    public static bool Exists(string directory) => File.Exists(Path.Combine(directory, DatasetSchema.FileName));

    /// <summary>Opens a folder; its files are mapped when they are asked for.</summary>
    /// <param name="directory">With the schema and the column files, which may be links.</param>
    /// <param name="workingSetBytes">Bytes of the files that <see cref="Trim"/> leaves in memory, about. Default: 512 MiB.</param>
    /// <exception cref="DatasetException">There is no schema, or it cannot be read.</exception>
    public static ColumnStore Open(string directory, long workingSetBytes = DefaultWorkingSetBytes)
    {
        try
        {
            var schema = JsonSerializer.Deserialize<DatasetSchema>(File.ReadAllBytes(Path.Combine(directory, DatasetSchema.FileName)), ContractsJson.Options);
            return new ColumnStore(directory, schema ?? throw new JsonException("null"), workingSetBytes);
        }
        catch (Exception damaged) when (damaged is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{DatasetSchema.FileName} cannot be read: {damaged.Message}", damaged);
        }
    }

    /// <summary>Rows of a split.</summary>
    /// <exception cref="DatasetException">No such split.</exception>
    public long Rows(string split) =>
        Schema.Splits.TryGetValue(split, out var rows)
            ? rows
            : throw new DatasetException($"expected one of the splits {string.Join(", ", Schema.Splits.Keys)}. Received: \"{split}\".");

    /// <summary>A column of a split.</summary>
    /// <exception cref="DatasetException">No such split or column, or its files are damaged.</exception>
    public StoredColumn Column(string split, string name)
    {
        for (var number = 0; number < Schema.Columns.Count; number++)
        {
            if (Schema.Columns[number].Name == name)
                return Column(split, number);
        }
        throw new DatasetException($"expected one of the columns {string.Join(", ", Schema.Columns.Take(20).Select(column => column.Name))}{(Schema.Columns.Count > 20 ? ", …" : "")}. Received: \"{name}\".");
    }

    /// <inheritdoc cref="Column(string, string)" />
    /// <param name="split">Which split.</param>
    /// <param name="number">Number of the column, from 0.</param>
    public StoredColumn Column(string split, int number)
    {
        var rows = Rows(split);
        lock (_gate)
        {
            if (_open.TryGetValue((split, number), out var column))
                return column;
            var info = Schema.Columns[number];
            var values = MappedFile.Open(Path.Combine(_directory, DatasetSchema.ValuesFile(split, number)));
            var offsets = info.HasOffsets() ? MappedFile.Open(Path.Combine(_directory, DatasetSchema.OffsetsFile(split, number))) : null;
            _workingSet.Add(values);
            if (offsets is not null)
                _workingSet.Add(offsets);
            return _open[(split, number)] = new StoredColumn(info, rows, values, offsets);
        }
    }

    /// <summary>
    /// Gives memory back when more of the files than the working set is in it; called now and then while rows are read, best after each
    /// batch. What is read again comes back from the system's cache, or from the disk.
    /// </summary>
    public void Trim() => _workingSet.Trim();

    /// <summary>Unmaps the files: nothing may be read from the columns any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var column in _open.Values)
                column.Dispose();
            _open.Clear();
        }
    }
}
