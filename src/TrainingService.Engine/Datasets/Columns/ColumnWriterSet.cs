using System.Text.Json;
using System.Text.RegularExpressions;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Engine.Datasets.Formats;

namespace TrainingService.Engine.Datasets.Columns;

/// <summary>Writes a data set's stored form: a folder of column files, and the schema that describes them.</summary>
/// <param name="directory">The folder, which is there and empty.</param>
/// <param name="largestBytes">What all files may have together.</param>
public sealed partial class ColumnWriterSet(string directory, long largestBytes = ColumnWriterSet.DefaultLargestBytes) : IDisposable
{
    /// <summary>Columns that a data set may have.</summary>
    public const int MostColumns = 10_000;

    private const long DefaultLargestBytes = 1L << 40;
    private const int AllBuffersBytes = 128 << 20, LargestBuffer = 1 << 18, SmallestBuffer = 1 << 12;

    private readonly Dictionary<string, SplitWriter> _splits = new(StringComparer.Ordinal);
    private readonly WrittenBytes _written = new(largestBytes);
    private ClassNumbers?[] _classes = [];

    /// <summary>The columns; empty before they are declared.</summary>
    public IReadOnlyList<ColumnInfo> Columns { get; private set; } = [];

    /// <summary>Says what is going to be written, once.</summary>
    /// <param name="columns">
    /// In order. An int32 column of single values with a list of classes is written by the classes' names; an empty list is filled with the
    /// sorted names that come.
    /// </param>
    /// <exception cref="IngestException">Too many columns, or two of one name.</exception>
    public void Declare(IReadOnlyList<ColumnInfo> columns)
    {
        if (Columns.Count > 0)
            throw new InvalidOperationException("the columns are declared already.");
        if (columns.Count is 0 or > MostColumns)
            throw new IngestException(columns.Count == 0 ? DatasetErrorCodes.NoRows : DatasetErrorCodes.TooLarge, $"expected 1 to {MostColumns} columns. Received: {columns.Count}.", null);
        if (columns.CountBy(column => column.Name).FirstOrDefault(name => name.Value > 1) is { Key: { } twice })
            throw new IngestException(DatasetErrorCodes.BadHeader, "expected columns of different names. Received: this one twice.", null, column: twice);
        Columns = columns;
        _classes = [.. columns.Select(column => ByName(column) ? new ClassNumbers(column.Classes!) : null)];
    }

    /// <summary>Forgets the columns and takes back what was written.</summary>
    public void StartOver()
    {
        Dispose();
        foreach (var column in _splits.Values.SelectMany(split => split.Columns))
            column.Delete();
        _splits.Clear();
        (Columns, _classes) = ([], []);
        _written.StartOver();
    }

    /// <summary>The writer of a split, made when it is asked for first.</summary>
    /// <exception cref="IngestException">No name of a split.</exception>
    public SplitWriter Split(string name)
    {
        if (_splits.TryGetValue(name, out var split))
            return split;
        if (Columns.Count == 0)
            throw new InvalidOperationException("the columns are not declared.");
        if (!SplitName().IsMatch(name))
            throw new IngestException(DatasetErrorCodes.BadOption, $"expected names of splits of letters, digits and _. Received: \"{name}\".", null);
        return _splits[name] = new SplitWriter(name, [.. Columns.Select((column, number) => Writer(name, column, number))]);
    }

    /// <summary>Writes what is buffered, and the schema.</summary>
    /// <param name="format">What was read.</param>
    /// <exception cref="IngestException">There is no row, or columns of a split differ in length.</exception>
    public StoredColumns Finish(DatasetFormat format)
    {
        if (!_splits.Values.Any(split => split.Columns[0].Rows > 0))
            throw new IngestException(DatasetErrorCodes.NoRows, "expected at least one row. Received: none.", null);
        List<DatasetFile> files = [];
        foreach (var split in _splits.Values)
        {
            foreach (var column in split.Columns)
            {
                if (column.Rows != split.Columns[0].Rows)
                    throw new IngestException(DatasetErrorCodes.BadShape, $"expected {split.Columns[0].Rows} rows in the split {split.Name}, as in column \"{Columns[0].Name}\". Received: {column.Rows}.", null, column: column.Info.Name);
                files.AddRange(column.Finish());
            }
        }
        var schema = new DatasetSchema([.. Columns.Select(Described)], _splits.ToDictionary(split => split.Key, split => split.Value.Columns[0].Rows), format);
        files.Add(Write(schema));
        return new StoredColumns(schema, files);
    }

    private DatasetFile Write(DatasetSchema schema)
    {
        using var file = new ColumnFile(directory, DatasetSchema.FileName, _written);
        file.Write(JsonSerializer.SerializeToUtf8Bytes(schema, ContractsJson.Options));
        return file.Finish();
    }

    private ColumnInfo Described(ColumnInfo column, int number)
    {
        var split = _splits.GetValueOrDefault("train") ?? _splits.Values.First();
        return column with
        {
            Classes = _classes[number]?.Names ?? column.Classes ?? ClassLabels.Of(column, [.. _splits.Values.Select(split => split.Columns[number])]),
            Statistics = split.Columns[number].Statistics(),
        };
    }

    private ColumnWriter Writer(string split, ColumnInfo column, int number)
    {
        var values = DatasetSchema.ValuesFile(split, number);
        var buffer = Math.Clamp(AllBuffersBytes / Columns.Count, SmallestBuffer, LargestBuffer);
        if (_classes[number] is { } classes)
            return new ClassColumnWriter(column, classes, directory, values, _written, buffer);
        if (column.HasOffsets())
            return new VaryingColumnWriter(column, directory, values, DatasetSchema.OffsetsFile(split, number), _written, buffer);
        var rowBytes = column.RowShape.Elements!.Value * ElementTypes.SizeOf(column.Dtype);
        return rowBytes > 0 && rowBytes <= VaryingColumnWriter.LargestRowBytes
            ? new FixedColumnWriter(column, directory, values, _written, buffer)
            : throw new IngestException(DatasetErrorCodes.BadShape, $"expected rows of 1 to {VaryingColumnWriter.LargestRowBytes} bytes. Received: shape {column.RowShape} of {column.Dtype}.", null, column: column.Name);
    }

    private static bool ByName(ColumnInfo column) => column is { Classes: not null, Dtype: "int32" } && column.IsScalarNumber();

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var column in _splits.Values.SelectMany(split => split.Columns))
            column.Dispose();
    }

    [GeneratedRegex("^[a-z][a-z0-9_]{0,99}$")]
    private static partial Regex SplitName();
}

/// <summary>A stored form that is complete.</summary>
/// <param name="Schema">What it holds.</param>
/// <param name="Files">Its files, the schema's included.</param>
public sealed record StoredColumns(DatasetSchema Schema, IReadOnlyList<DatasetFile> Files);
