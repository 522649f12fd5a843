using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Datasets.Columns;

namespace TrainingService.Engine.Datasets.Formats.Arrays;

/// <summary>Formats whose files are arrays: each array is a column of a split, its first axis the rows.</summary>
public abstract class ArrayFormat : IFormatReader
{
    /// <summary>An array that is there.</summary>
    /// <param name="Name">Name of its file, with its own inside an archive after it.</param>
    /// <param name="Open">Opens it, before its header.</param>
    private protected sealed record ArraySource(string Name, Func<Stream> Open);

    /// <summary>All arrays.</summary>
    private protected abstract IEnumerable<ArraySource> Find(IngestFiles files);

    /// <summary>Reads what stands in front of the values.</summary>
    private protected abstract ArrayHeader ReadHeader(Stream stream, string file);

    /// <inheritdoc />
    public void Read(IngestFiles files, IngestOptions options, ColumnWriterSet output, IngestProgress progress, CancellationToken ct)
    {
        var arrays = Find(files).Select(source => (Source: source, Name: ArrayName.Of(source.Name, options), Header: Header(source))).ToList();
        SplitNames.CheckAllUsed(options, [.. arrays.Select(array => array.Source.Name)]);
        if (arrays.GroupBy(array => array.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new IngestException(DatasetErrorCodes.BadShape, $"expected one array for column \"{twice.Key.Column}\" of the split {twice.Key.Split}. Received: {string.Join(", ", twice.Select(array => array.Source.Name))}.", null);
        var columns = arrays.GroupBy(array => array.Name.Column).Select(column => (Name: column.Key, Header: SameInAllSplits([.. column.Select(array => (array.Source.Name, array.Header))]))).ToList();
        output.Declare(ColumnRoles.Assign([.. columns.Select(column => Plan(column.Name, column.Header))], options, null));
        foreach (var split in arrays.GroupBy(array => array.Name.Split))
        {
            var first = split.First();
            foreach (var array in split)
            {
                if (array.Header.Rows != first.Header.Rows)
                    throw new IngestException(DatasetErrorCodes.BadShape, $"expected {first.Header.Rows} rows, as in {first.Source.Name}. Received: {array.Header.Rows}.", array.Source.Name);
            }
            if (split.Count() != columns.Count)
                throw new IngestException(DatasetErrorCodes.BadShape, $"expected the arrays {string.Join(", ", columns.Select(column => column.Name))} in the split {split.Key}. Received: {string.Join(", ", split.Select(array => array.Name.Column))}.", null);
            foreach (var (source, name, _) in split.OrderBy(array => array.Name.Column, StringComparer.Ordinal))
                Copy(source, output.Split(split.Key).Columns[columns.FindIndex(column => column.Name == name.Column)], options.MaxRows ?? long.MaxValue, ct);
            progress.AddRows(Math.Min(first.Header.Rows, options.MaxRows ?? long.MaxValue));
        }
    }

    private static ColumnInfo Plan(string name, ArrayHeader header) => new(name, ColumnRole.Feature, header.Dtype, header.TextBytes > 0 ? new Shape() : header.RowShape);

    private static ArrayHeader SameInAllSplits(IReadOnlyList<(string Name, ArrayHeader Header)> arrays)
    {
        var (first, header) = arrays[0];
        foreach (var (name, other) in arrays)
        {
            if (other.Dtype != header.Dtype || !other.RowShape.Equals(header.RowShape))
                throw new IngestException(DatasetErrorCodes.BadShape, $"expected rows of shape {header.RowShape} of {header.Dtype}, as in {first}. Received: {other.RowShape} of {other.Dtype}.", name);
        }
        return header;
    }

    private ArrayHeader Header(ArraySource source) => Reading(source, stream => ReadHeader(stream, source.Name));

    private void Copy(ArraySource source, ColumnWriter column, long maxRows, CancellationToken ct) => Reading(source, stream =>
    {
        var header = ReadHeader(stream, source.Name);
        new ArrayValues(header, source.Name, ct).Copy(stream, column, Math.Min(header.Rows, maxRows));
        return header;
    });

    private static ArrayHeader Reading(ArraySource source, Func<Stream, ArrayHeader> read)
    {
        try
        {
            using var stream = source.Open();
            return read(stream);
        }
        catch (Exception damaged) when (damaged is InvalidDataException or EndOfStreamException)
        {
            throw new IngestException(DatasetErrorCodes.Truncated, $"expected a whole compressed file. Received: {damaged.Message}", source.Name, inner: damaged);
        }
    }
}
