using System.Security.Cryptography;

namespace TrainingService.Domain.Artifacts;

/// <summary>
/// Content in a directory, as <c>ab/cd/abcd…</c>. The order makes a crash harmless at any point: write a temporary file, fsync it, rename it to
/// its digest, fsync the folder; only then may a row speak of it.
/// </summary>
public sealed class FileArtifactStore : IArtifactStore
{
    private readonly string _root;
    private readonly string _temporary;

    public FileArtifactStore(string root)
    {
        _root = Path.GetFullPath(root);
        _temporary = Path.Combine(_root, "tmp");
    }

    /// <inheritdoc />
    public Task<(string Sha256, long SizeBytes)> PutAsync(Stream content, CancellationToken ct) => throw new NotSupportedException();

    /// <inheritdoc />
    public Stream? TryOpen(string sha256) => throw new NotSupportedException();
}
