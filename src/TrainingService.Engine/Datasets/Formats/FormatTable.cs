using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats;

/// <summary>The reader of each format.</summary>
public static class FormatTable
{
    private static readonly Dictionary<DatasetFormat, Func<IFormatReader>> Readers = new()
    {
        [DatasetFormat.Idx] = () => new IdxFormat(),
        [DatasetFormat.Npy] = () => new NpyFormat(),
        [DatasetFormat.Npz] = () => new NpyFormat(),
        [DatasetFormat.Csv] = () => new CsvFormat(),
        [DatasetFormat.Tsv] = () => new CsvFormat('\t'),
        [DatasetFormat.Jsonl] = () => new JsonlFormat(),
        [DatasetFormat.Parquet] = () => new ParquetFormat(),
    };

    /// <summary>The reader of a format.</summary>
    /// <exception cref="IngestException">There is none.</exception>
    public static IFormatReader For(DatasetFormat format) =>
        Readers.TryGetValue(format, out var make)
            ? make()
            : throw new IngestException(DatasetErrorCodes.Unsupported, $"expected one of the formats {string.Join(", ", Readers.Keys)}. Received: {format}.", null);
}
