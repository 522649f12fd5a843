using System.IO.Compression;
using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Formats.Arrays;

namespace TrainingService.Engine.Datasets.Formats;

/// <summary>NumPy's arrays: one per <c>.npy</c> file, plain or gzipped, or several in a <c>.npz</c>.</summary>
public sealed class NpyFormat : ArrayFormat
{
    private const int MostArrays = 1_000;

    private protected override IEnumerable<ArraySource> Find(IngestFiles files) => files.All.SelectMany(file => IsZip(file) ? InZip(files, file) : [new ArraySource(file.Name, () => files.Open(file))]);

    private protected override ArrayHeader ReadHeader(Stream stream, string file) => NpyHeader.Read(stream, file);

    private static bool IsZip(IngestFile file) => IngestFiles.FirstBytes(file, 2) is [(byte)'P', (byte)'K'];

    private static List<ArraySource> InZip(IngestFiles files, IngestFile file)
    {
        try
        {
            using var zip = ZipFile.OpenRead(file.Path);
            if (zip.Entries.Count is 0 or > MostArrays)
                throw new IngestException(zip.Entries.Count == 0 ? DatasetErrorCodes.NoRows : DatasetErrorCodes.TooLarge, $"expected 1 to {MostArrays} arrays. Received: {zip.Entries.Count}.", file.Name);
            if (zip.Entries.FirstOrDefault(entry => !entry.FullName.EndsWith(".npy", StringComparison.Ordinal)) is { } other)
                throw new IngestException(DatasetErrorCodes.BadArchive, $"expected .npy arrays. Received: {other.FullName}.", file.Name);
            return [.. zip.Entries.Select(entry => entry.FullName).Select(name => new ArraySource($"{file.Name}/{name}", () => new ZippedArray(files.OpenRaw(file), name)))];
        }
        catch (InvalidDataException damaged)
        {
            throw new IngestException(DatasetErrorCodes.BadArchive, $"expected a whole zip. Received: {damaged.Message}", file.Name, inner: damaged);
        }
    }
}
