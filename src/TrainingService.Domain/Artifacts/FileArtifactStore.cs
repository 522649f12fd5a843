using System.Security.Cryptography;
using TrainingService.Domain.Storage;

namespace TrainingService.Domain.Artifacts;

/// <summary>
/// Content in a directory, as <c>ab/cd/abcd…</c>. The order makes a crash harmless at any point: write a temporary file, fsync it, rename it to
/// its digest, fsync the folders; only then may a row speak of it.
/// </summary>
public sealed class FileArtifactStore : IArtifactStore
{
    /// <summary>No upload is silent for so long: an older temporary file was left by a crash.</summary>
    private static readonly TimeSpan TemporaryLife = TimeSpan.FromHours(1);

    private readonly TimeProvider _time;
    private readonly string _root;
    private readonly string _temporary;

    public FileArtifactStore(string root, TimeProvider time)
    {
        _time = time;
        _root = Path.GetFullPath(root);
        _temporary = Path.Combine(_root, "tmp");
        Directory.CreateDirectory(_temporary);
        RemoveLeftovers();
    }

    /// <inheritdoc />
    public async Task<(string Sha256, long SizeBytes)> PutAsync(Stream content, CancellationToken ct)
    {
        var temporary = Path.Combine(_temporary, Guid.CreateVersion7().ToString("N"));
        try
        {
            var (sha256, length) = await WriteAsync(content, temporary, ct);
            var path = PathOf(sha256);
            var folder = Path.GetDirectoryName(path)!;
            Directory.CreateDirectory(folder);
            // Also over a file that is there: the content is the same, unless the disk has spoiled it.
            using (Posix.LockDirectory(_root, exclusive: false))
                File.Move(temporary, path, overwrite: true);
            foreach (var changed in new[] { folder, Path.GetDirectoryName(folder)!, _root })
                Posix.SyncDirectory(changed);
            return (sha256, length);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <inheritdoc />
    public Stream? TryOpen(string sha256)
    {
        try
        {
            return new FileStream(PathOf(sha256), new FileStreamOptions
            {
                Access = FileAccess.Read,
                Share = FileShare.Read | FileShare.Delete,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
            });
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc />
    /// <remarks>A hard link keeps the bytes for as long as it is there, whatever becomes of the content; across file systems it is a symbolic one.</remarks>
    public bool TryLink(string sha256, string path)
    {
        var content = PathOf(sha256);
        if (Posix.TryHardLink(content, path))
            return true;
        if (!File.Exists(content))
            return false;
        File.CreateSymbolicLink(path, content);
        return true;
    }

    /// <inheritdoc />
    public bool TryRefresh(string sha256)
    {
        var path = PathOf(sha256);
        using (Posix.LockDirectory(_root, exclusive: false))
        {
            if (!File.Exists(path))
                return false;
            File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime);
            return true;
        }
    }

    /// <inheritdoc />
    public IEnumerable<StoredContent> Enumerate() =>
        from first in new DirectoryInfo(_root).EnumerateDirectories("??")
        from second in first.EnumerateDirectories("??")
        from file in second.EnumerateFiles()
        where IsDigest(file.Name) && file.Exists
        select new StoredContent(file.Name, file.Length, file.LastWriteTimeUtc);

    /// <inheritdoc />
    public bool TryDelete(StoredContent seen)
    {
        var file = new FileInfo(PathOf(seen.Sha256));
        // Who deletes holds the folder alone, so that nobody puts content between the last look at its age and its end.
        using (Posix.LockDirectory(_root, exclusive: true))
        {
            if (!file.Exists || file.LastWriteTimeUtc != seen.At.UtcDateTime)
                return false;
            file.Delete();
            return true;
        }
    }

    /// <inheritdoc />
    public void RemoveLeftovers()
    {
        var before = _time.GetUtcNow().UtcDateTime - TemporaryLife;
        foreach (var file in new DirectoryInfo(_temporary).EnumerateFiles().Where(file => file.LastWriteTimeUtc < before))
            file.Delete();
    }

    private static async Task<(string Sha256, long SizeBytes)> WriteAsync(Stream content, string path, CancellationToken ct)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 17];
        int read;
        while ((read = await content.ReadAsync(buffer, ct)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            await file.WriteAsync(buffer.AsMemory(0, read), ct);
        }
        file.Flush(flushToDisk: true);
        return (Convert.ToHexStringLower(hash.GetHashAndReset()), file.Length);
    }

    private string PathOf(string sha256) => IsDigest(sha256)
        ? Path.Combine(_root, sha256[..2], sha256[2..4], sha256)
        : throw new ArgumentException($"sha256: expected 64 lower-case hexadecimal digits. Received: {sha256}", nameof(sha256));

    private static bool IsDigest(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);
}
