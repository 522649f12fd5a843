using Parquet;
using Parquet.Schema;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats.Parquets;

/// <summary>What a file says of itself.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="Columns">Its columns.</param>
internal sealed record ParquetTable(string File, IReadOnlyList<ParquetTable.Column> Columns)
{
    private const int FooterBytes = 8;

    /// <summary>A column of a file.</summary>
    /// <param name="Name">Its name; parts of a struct are joined by dots.</param>
    /// <param name="Field">Its type.</param>
    /// <param name="HasMissing">Whether rows may have no value, as far as the file tells.</param>
    /// <param name="PerRow">Values in each row of a list, where all rows have as many; null otherwise.</param>
    internal sealed record Column(string Name, DataField Field, bool HasMissing, int? PerRow);

    /// <summary>Reads the footer, and of lists the first row group.</summary>
    public static async Task<ParquetTable> LookAsync(IngestFile file, IngestFiles files, CancellationToken ct)
    {
        await using var stream = files.OpenRaw(file);
        CheckEnds(stream, file.Name);
        await using var reader = await ParquetReader.CreateAsync(stream, leaveStreamOpen: true, cancellationToken: ct);
        List<Column> columns = [];
        foreach (var field in reader.Schema.DataFields)
        {
            if (field.MaxRepetitionLevel > 1 || (field.MaxRepetitionLevel == 1 && reader.Schema.Fields.First(top => top.Name == field.Path.FirstPart) is MapField))
                throw new IngestException(DatasetErrorCodes.Unsupported, "expected single values or lists of them. Received: maps, or lists of lists.", file.Name, column: field.Path.FirstPart);
            var isList = field.MaxRepetitionLevel == 1;
            long rows = 0, values = 0;
            var missing = false;
            foreach (var group in reader.RowGroups)
            {
                var chunk = group.GetMetadata(field)?.MetaData;
                rows += group.RowCount;
                values += chunk?.NumValues ?? 0;
                missing |= field.MaxDefinitionLevel > 0 && chunk?.Statistics?.NullCount != 0;
            }
            var name = isList ? field.Path.FirstPart! : string.Join('.', field.Path.ToList());
            columns.Add(new Column(name, field, missing, isList && rows > 0 && values % rows == 0 ? await PerRowAsync(reader, field, (int)(values / rows), ct) : null));
        }
        return new ParquetTable(file.Name, columns);
    }

    private static async Task<int?> PerRowAsync(ParquetReader reader, DataField field, int perRow, CancellationToken ct)
    {
        using var group = reader.OpenRowGroupReader(0);
        using var data = await group.ReadRawColumnDataBaseAsync(field, ct);
        var starts = data.RepetitionLevels;
        for (var at = 0; at < starts.Length; at++)
        {
            if ((starts[at] == 0) != (at % perRow == 0))
                return null;
        }
        return perRow;
    }

    /// <summary>A file begins and ends with PAR1, and says before that how long its description is.</summary>
    private static void CheckEnds(Stream stream, string file)
    {
        Span<byte> ends = stackalloc byte[4 + FooterBytes];
        ends.Clear();
        if (stream.Length >= ends.Length)
        {
            stream.ReadExactly(ends[..4]);
            stream.Seek(-FooterBytes, SeekOrigin.End);
            stream.ReadExactly(ends[4..]);
            stream.Seek(0, SeekOrigin.Begin);
        }
        if (!ends.StartsWith("PAR1"u8))
            throw new IngestException(DatasetErrorCodes.BadHeader, $"expected a Parquet file, which begins with PAR1. Received: {Convert.ToHexStringLower(ends[..4])}.", file);
        if (!ends.EndsWith("PAR1"u8))
            throw new IngestException(DatasetErrorCodes.Truncated, $"expected PAR1 at the end of the file. Received: {(ends.EndsWith("PARE"u8) ? "an encrypted file" : Convert.ToHexStringLower(ends[8..]))}.", file);
        if (BitConverter.ToUInt32(ends[4..8]) is var length && length > stream.Length - ends.Length)
            throw new IngestException(DatasetErrorCodes.Truncated, $"expected a description that fits into the file of {stream.Length} bytes. Received: one of {length} bytes.", file);
    }
}
