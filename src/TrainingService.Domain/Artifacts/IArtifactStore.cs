namespace TrainingService.Domain.Artifacts;

/// <summary>Bytes by their SHA-256. Whole or not there: publication is write-temp, fsync, rename, fsync of the folder.</summary>
public interface IArtifactStore
{
    /// <summary>Stores a file's content and returns its digest and length.</summary>
    Task<(string Sha256, long SizeBytes)> PutAsync(Stream content, CancellationToken ct);

    /// <summary>Opens stored content for reading (seekable), or null when there is none.</summary>
    Stream? TryOpen(string sha256);
}
