using System.Collections.Concurrent;
using System.Security.Cryptography;
using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Artifacts;

namespace TrainingService.Worker.Datasets;

/// <summary>
/// Gives content of the store names in a run's own folder. Every byte is verified the first time in this worker's life, and again when the file
/// has changed since: what the disk has spoiled is found out before anything is read from it.
/// </summary>
internal sealed class VerifiedContents(IArtifactStore artifacts)
{
    private const int Remembered = 100_000;

    private readonly ConcurrentDictionary<string, (long Length, DateTime At)> _verified = [];

    /// <param name="file">Which content, and under which name people know it.</param>
    /// <param name="path">The name it is given; nothing is there yet.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>What is wrong with the content, or null.</returns>
    public async Task<string?> LinkAsync(DatasetFile file, string path, CancellationToken ct)
    {
        if (!artifacts.TryLink(file.Sha256, path))
            return "its content is missing";
        await using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, useAsync: true);
        var state = (content.Length, File.GetLastWriteTimeUtc(content.SafeFileHandle));
        if (content.Length != file.SizeBytes)
            return $"expected {file.SizeBytes} bytes. Received: {content.Length}";
        if (_verified.TryGetValue(file.Sha256, out var before) && before == state)
            return null;
        if (Convert.ToHexStringLower(await SHA256.HashDataAsync(content, ct)) is var digest && digest != file.Sha256)
            return $"expected SHA-256 {file.Sha256}. Received: {digest}";
        if (_verified.Count >= Remembered)
            _verified.Clear();
        _verified[file.Sha256] = state;
        return null;
    }
}
