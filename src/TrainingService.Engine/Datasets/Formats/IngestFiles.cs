using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats;

/// <summary>The files that become a data set: nothing else is read.</summary>
/// <param name="files">What was uploaded.</param>
/// <param name="options">Which file belongs to which split.</param>
/// <param name="progress">Told of the bytes that are read.</param>
public sealed class IngestFiles(IReadOnlyList<IngestFile> files, IngestOptions options, IngestProgress progress)
{
    /// <summary>All of them, by name.</summary>
    public IReadOnlyList<IngestFile> All { get; } = [.. files.OrderBy(file => file.Name, StringComparer.Ordinal)];

    /// <summary>The files of each split, by name; <c>train</c> is the first split.</summary>
    /// <exception cref="IngestException">An option names a file that is not there.</exception>
    public IReadOnlyList<(string Split, IReadOnlyList<IngestFile> Files)> BySplit()
    {
        SplitNames.CheckAllUsed(options, [.. All.Select(file => file.Name)]);
        return
        [
            .. All.GroupBy(file => SplitNames.Of(file.Name, options))
                .OrderBy(split => split.Key == SplitNames.Train ? 0 : 1).ThenBy(split => split.Key, StringComparer.Ordinal)
                .Select(split => (split.Key, (IReadOnlyList<IngestFile>)[.. split])),
        ];
    }

    /// <summary>The same files, without telling of what is read.</summary>
    public IngestFiles Quiet() => new(All, options, new IngestProgress());

    /// <summary>Opens a file as it lies there; what is read counts as progress.</summary>
    public Stream OpenRaw(IngestFile file) =>
        new CountingStream(new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan), progress);

    /// <summary>Opens a file, decompressed when it is gzipped (whatever its name says).</summary>
    public Stream Open(IngestFile file)
    {
        var raw = OpenRaw(file);
        return IsGzip(FirstBytes(file, 2)) ? new GunzipStream(raw, file) : raw;
    }

    /// <summary>The first bytes of a file as it lies there; fewer where it is shorter.</summary>
    public static byte[] FirstBytes(IngestFile file, int count)
    {
        using var stream = File.OpenRead(file.Path);
        var bytes = new byte[count];
        return bytes[..stream.ReadAtLeast(bytes, count, throwOnEndOfStream: false)];
    }

    /// <summary>Whether a file begins as gzip does.</summary>
    public static bool IsGzip(ReadOnlySpan<byte> first) => first.StartsWith([(byte)0x1f, (byte)0x8b]);
}
