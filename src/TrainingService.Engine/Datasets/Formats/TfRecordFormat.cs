using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Columns;
using TrainingService.Engine.Datasets.Formats.Images;
using TrainingService.Engine.Datasets.Formats.TfRecords;

namespace TrainingService.Engine.Datasets.Formats;

/// <summary>
/// TFRecord files of <c>tf.train.Example</c>, plain or gzipped: a column per feature. The records are read twice, because only all of them together
/// say what a feature is: lists of one length become tensors, others sequences; bytes become pictures, texts or uint8.
/// </summary>
public sealed class TfRecordFormat : IFormatReader
{
    private const int ToldRows = 1_000;

    /// <inheritdoc />
    public void Read(IngestFiles files, IngestOptions options, ColumnWriterSet output, IngestProgress progress, CancellationToken ct)
    {
        var splits = files.BySplit();
        var (columns, rows) = Inspect(files, splits, options, progress, ct);
        var first = files.All.Count > 0 ? files.All[0].Name : null;
        if (rows == 0)
            throw new IngestException(DatasetErrorCodes.NoRows, "expected records. Received: none.", first);
        if (columns.Count == 0)
            throw new IngestException(DatasetErrorCodes.NoRows, "expected records with features. Received: records without any.", first);
        output.Declare(ColumnRoles.Assign([.. columns.Select(column => column.Column(rows, options, first!))], options, first));
        foreach (var (split, members) in splits)
        {
            var writer = new TfRowWriter(output.Split(split), columns);
            foreach (var file in members)
            {
                Each(files, file, options.MaxRows - writer.Rows, (example, record, row) =>
                {
                    writer.Append(example, record, file.Name, row);
                    progress.AddRows(1);
                }, ct);
            }
        }
    }

    /// <summary>Finds the features of all records.</summary>
    private static (List<TfColumn> Columns, long Rows) Inspect(
        IngestFiles files, IReadOnlyList<(string Split, IReadOnlyList<IngestFile> Files)> splits, IngestOptions options, IngestProgress progress, CancellationToken ct)
    {
        var columns = new SortedDictionary<string, TfColumn>(StringComparer.Ordinal);
        long rows = 0;
        foreach (var (_, members) in splits)
        {
            long ofSplit = 0;
            foreach (var file in members)
            {
                ofSplit += Each(files, file, options.MaxRows - ofSplit, (example, record, row) =>
                {
                    foreach (var (name, feature) in example.Features)
                    {
                        if (feature.Kind == TfKind.None)
                            continue;
                        if (!columns.TryGetValue(name, out var column))
                            columns.Add(name, column = columns.Count < ColumnWriterSet.MostColumns ? new TfColumn(name) : throw new IngestException(DatasetErrorCodes.TooLarge, $"expected at most {ColumnWriterSet.MostColumns} features. Received: more.", file.Name, row));
                        Look(column, example, record, feature, file.Name, row);
                    }
                    if (row % ToldRows == 0)
                        progress.AddBytes(0); // the bytes count when the rows are written
                }, ct, counts: false);
            }
            rows += ofSplit;
        }
        return ([.. columns.Values], rows);
    }

    private static void Look(TfColumn column, TfExample example, ReadOnlyMemory<byte> record, TfFeature feature, string file, long row)
    {
        if (feature.Kind != TfKind.Bytes)
        {
            column.Add(feature.Kind, feature.Kind == TfKind.Float ? example.Floats(record.Span, feature, row).Length : example.Ints(record.Span, feature, row).Length, file, row);
            return;
        }
        var texts = example.Texts(record.Span, feature, row);
        column.Add(feature.Kind, texts.Length, file, row);
        foreach (var range in texts)
        {
            column.Look(record.Span[range]);
            if (column.HasPictures)
                column.Look(ImageDecoder.Measure(record[range], null, file, row));
        }
    }

    /// <summary>Reads a file's records.</summary>
    /// <returns>How many.</returns>
    private static long Each(IngestFiles files, IngestFile file, long? most, Action<TfExample, ReadOnlyMemory<byte>, long> use, CancellationToken ct, bool counts = true)
    {
        using var stream = (counts ? files : files.Quiet()).Open(file);
        var records = new TfRecordStream(new BufferedStream(stream, 1 << 18), file.Name);
        var example = new TfExample(file.Name);
        try
        {
            while ((most is null || records.Row < most) && records.TryRead(out var record))
            {
                ct.ThrowIfCancellationRequested();
                example.Parse(record.Span, records.Row);
                use(example, record, records.Row);
            }
        }
        catch (InvalidDataException damaged)
        {
            throw new IngestException(DatasetErrorCodes.Truncated, $"expected gzip. Received: {damaged.Message}", file.Name, records.Row, inner: damaged);
        }
        return records.Row;
    }
}
