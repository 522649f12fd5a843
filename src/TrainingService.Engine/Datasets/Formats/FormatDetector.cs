using System.IO.Compression;
using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Formats.Archives;

namespace TrainingService.Engine.Datasets.Formats;

/// <summary>Finds out what files are, by their first bytes and, where those say nothing, by their names.</summary>
public static class FormatDetector
{
    private const int Looked = 512;

    private static readonly Dictionary<string, DatasetFormat> ByEnding = new(StringComparer.OrdinalIgnoreCase)
    {
        [".csv"] = DatasetFormat.Csv,
        [".txt"] = DatasetFormat.Csv,
        [".tsv"] = DatasetFormat.Tsv,
        [".tab"] = DatasetFormat.Tsv,
        [".jsonl"] = DatasetFormat.Jsonl,
        [".ndjson"] = DatasetFormat.Jsonl,
        [".json"] = DatasetFormat.Jsonl,
        [".npy"] = DatasetFormat.Npy,
        [".npz"] = DatasetFormat.Npz,
        [".parquet"] = DatasetFormat.Parquet,
        [".pq"] = DatasetFormat.Parquet,
        [".tfrecord"] = DatasetFormat.Tfrecord,
        [".tfrecords"] = DatasetFormat.Tfrecord,
    };

    private static readonly string[] Pictures = [".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif"];

    /// <summary>The format of all files together.</summary>
    /// <exception cref="IngestException">No known format, or several.</exception>
    public static DatasetFormat Of(IngestFiles files)
    {
        var found = files.All.Select(file => (File: file, Format: Of(file))).ToList();
        if (found.Count == 0)
            throw new IngestException(DatasetErrorCodes.NoRows, "expected files. Received: none.", null);
        var other = found.Find(file => file.Format != found[0].Format);
        return other.File is null
            ? found[0].Format
            : throw new IngestException(DatasetErrorCodes.BadHeader, $"expected files of one format, {found[0].Format} as {found[0].File.Name}. Received: {other.Format}.", other.File.Name);
    }

    private static DatasetFormat Of(IngestFile file)
    {
        var bytes = IngestFiles.FirstBytes(file, Looked);
        var name = file.Name;
        if (IngestFiles.IsGzip(bytes))
        {
            bytes = Decompressed(file);
            name = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name;
        }
        return ByBytes(file, bytes) ?? (ByEnding.TryGetValue(Path.GetExtension(name), out var format) ? format : ByText(file, bytes));
    }

    private static DatasetFormat? ByBytes(IngestFile file, byte[] bytes) => bytes switch
    {
        [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..] => DatasetFormat.Npy,
        [(byte)'P', (byte)'A', (byte)'R', (byte)'1', ..] => DatasetFormat.Parquet,
        [(byte)'P', (byte)'K', 3 or 5, 4 or 6, ..] => OfZip(file),
        [0, 0, >= 8 and <= 14, > 0 and <= 8, ..] when !file.Name.Contains("tfrecord", StringComparison.OrdinalIgnoreCase) => DatasetFormat.Idx,
        _ when file.Name.Contains(".tfrecord", StringComparison.OrdinalIgnoreCase) => DatasetFormat.Tfrecord,
        _ when file.Name is "cifar-10-binary.tar.gz" or "cifar-100-binary.tar.gz" => DatasetFormat.Cifar,
        _ => null,
    };

    private static DatasetFormat OfZip(IngestFile file)
    {
        using var zip = new CheckedZip(file.Path, file.Name);
        var names = zip.Entries.Select(entry => entry.Name).ToList();
        if (names.Count > 0 && names.TrueForAll(name => name.EndsWith(".npy", StringComparison.Ordinal)))
            return DatasetFormat.Npz;
        return names.Exists(name => Pictures.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase)) ? DatasetFormat.ImageFolder
            : names.Exists(name => name.EndsWith(".txt", StringComparison.OrdinalIgnoreCase)) ? DatasetFormat.TextFolder
            : throw new IngestException(DatasetErrorCodes.BadArchive, $"expected a zip of pictures, of .txt files or of .npy arrays. Received: {string.Join(", ", names.Take(5).Select(EntryName.Quoted))}.", file.Name);
    }

    private static DatasetFormat ByText(IngestFile file, byte[] bytes) =>
        bytes.AsSpan().TrimStart(" \t\r\n\uFEFF"u8) is [(byte)'{', ..] ? DatasetFormat.Jsonl
            : bytes.Length > 0 && !bytes.Contains((byte)0) ? DatasetFormat.Csv
            : throw new IngestException(DatasetErrorCodes.BadHeader, $"expected {string.Join(", ", Enum.GetNames<DatasetFormat>())}. Received: {(bytes.Length == 0 ? "an empty file" : $"a file that begins with {Convert.ToHexStringLower(bytes.AsSpan(0, Math.Min(8, bytes.Length)))}")}.", file.Name);

    private static byte[] Decompressed(IngestFile file)
    {
        try
        {
            using var stream = new GZipStream(File.OpenRead(file.Path), CompressionMode.Decompress);
            var bytes = new byte[Looked];
            return bytes[..stream.ReadAtLeast(bytes, Looked, throwOnEndOfStream: false)];
        }
        catch (InvalidDataException damaged)
        {
            throw new IngestException(DatasetErrorCodes.Truncated, $"expected gzip. Received: {damaged.Message}", file.Name, inner: damaged);
        }
    }
}
