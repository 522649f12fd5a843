using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats;

/// <summary>The reader of each format.</summary>
public static class FormatTable
{
    private static readonly Dictionary<DatasetFormat, Func<int, IFormatReader>> Readers = new()
    {
        [DatasetFormat.Idx] = _ => new IdxFormat(),
        [DatasetFormat.Npy] = _ => new NpyFormat(),
        [DatasetFormat.Npz] = _ => new NpyFormat(),
        [DatasetFormat.Csv] = _ => new CsvFormat(),
        [DatasetFormat.Tsv] = _ => new CsvFormat('\t'),
        [DatasetFormat.Jsonl] = _ => new JsonlFormat(),
        [DatasetFormat.Parquet] = _ => new ParquetFormat(),
        [DatasetFormat.Tfrecord] = _ => new TfRecordFormat(),
        [DatasetFormat.ImageFolder] = threads => new ImageFolderFormat(threads),
        [DatasetFormat.TextFolder] = _ => new TextFolderFormat(),
        [DatasetFormat.Cifar] = _ => new CifarFormat(),
    };

    /// <summary>The reader of a format.</summary>
    /// <param name="format">The format.</param>
    /// <param name="threads">Threads that it may use.</param>
    /// <exception cref="IngestException">There is none.</exception>
    public static IFormatReader For(DatasetFormat format, int threads = 1) =>
        Readers.TryGetValue(format, out var make)
            ? make(threads)
            : throw new IngestException(DatasetErrorCodes.Unsupported, $"expected one of the formats {string.Join(", ", Readers.Keys)}. Received: {format}.", null);
}
