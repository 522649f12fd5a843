using Parquet;
using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Columns;
using TrainingService.Engine.Datasets.Formats.Parquets;

namespace TrainingService.Engine.Datasets.Formats;

/// <summary>Apache Parquet: tables of one file or several, read column by column within each row group.</summary>
public sealed class ParquetFormat : IFormatReader
{
    private const long MostRowsOfGroup = 1L << 27;

    /// <inheritdoc />
    public void Read(IngestFiles files, IngestOptions options, ColumnWriterSet output, IngestProgress progress, CancellationToken ct) =>
        ReadAsync(files, options, output, progress, ct).GetAwaiter().GetResult();

    private static async Task ReadAsync(IngestFiles files, IngestOptions options, ColumnWriterSet output, IngestProgress progress, CancellationToken ct)
    {
        List<ParquetTable> tables = [];
        foreach (var file in files.All)
            tables.Add(await Guarded(file.Name, null, async () => await ParquetTable.LookAsync(file, files.Quiet(), ct)));
        var plan = ParquetPlan.Of(tables, options);
        output.Declare(plan);
        foreach (var (split, parts) in files.BySplit())
        {
            var left = options.MaxRows ?? long.MaxValue;
            var columns = output.Split(split).Columns.Select(ParquetColumn.Of).ToArray();
            foreach (var file in parts.TakeWhile(_ => left > 0))
                left -= await Guarded(file.Name, null, () => CopyAsync(files, file, columns, left, progress, ct));
        }
    }

    private static async Task<long> CopyAsync(IngestFiles files, IngestFile file, ParquetColumn[] columns, long most, IngestProgress progress, CancellationToken ct)
    {
        await using var reader = await ParquetReader.CreateAsync(files.OpenRaw(file), leaveStreamOpen: false, cancellationToken: ct);
        var fields = reader.Schema.DataFields;
        long done = 0;
        for (var number = 0; number < reader.RowGroupCount && done < most; number++)
        {
            using var group = reader.OpenRowGroupReader(number);
            if (group.RowCount is < 0 or > MostRowsOfGroup)
                throw new IngestException(DatasetErrorCodes.TooLarge, $"expected row groups of at most {MostRowsOfGroup} rows. Received: {group.RowCount}.", file.Name, done + 1);
            var rows = Math.Min(group.RowCount, most - done);
            // While one column is written, the next one is decompressed and decoded.
            var next = ReadAsync(0);
            for (var column = 0; column < columns.Length; column++)
            {
                using var values = await Guarded(file.Name, fields[column].Path.FirstPart, () => next);
                next = column + 1 < columns.Length ? ReadAsync(column + 1) : next;
                columns[column].Write(values, fields[column], group.RowCount, rows, file.Name, done);
                ct.ThrowIfCancellationRequested();
            }
            done += rows;
            progress.AddRows(rows);

            Task<Parquet.Data.RawColumnData> ReadAsync(int column) => Task.Run(async () => await group.ReadRawColumnDataBaseAsync(fields[column], ct), ct);
        }
        return done;
    }

    /// <summary>Says of the library's complaint where it is; damaged files make it fail in many ways.</summary>
    private static async Task<T> Guarded<T>(string file, string? column, Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception damaged) when (damaged is not (IngestException or OperationCanceledException or OutOfMemoryException))
        {
            throw new IngestException(damaged is EndOfStreamException ? DatasetErrorCodes.Truncated : DatasetErrorCodes.BadHeader, $"expected a whole Parquet file. Received: {damaged.Message}", file, column: column, inner: damaged);
        }
    }
}
