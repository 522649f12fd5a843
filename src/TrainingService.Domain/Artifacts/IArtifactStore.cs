namespace TrainingService.Domain.Artifacts;

/// <summary>Bytes by their SHA-256. Whole or not there: publication is write-temp, fsync, rename, fsync of the folder.</summary>
public interface IArtifactStore
{
    /// <summary>Stores a file's content and returns its digest and length. The content is young then, also when it was there already.</summary>
    Task<(string Sha256, long SizeBytes)> PutAsync(Stream content, CancellationToken ct);

    /// <summary>Opens stored content for reading (seekable), or null when there is none.</summary>
    Stream? TryOpen(string sha256);

    /// <summary>Gives content a name of the caller's own, for a process that reads files: a link, through which nobody may write.</summary>
    /// <param name="sha256">Which content.</param>
    /// <param name="path">The name; nothing is there yet, its folder is.</param>
    /// <returns>False when there is no such content.</returns>
    bool TryLink(string sha256, string path);

    /// <summary>Makes content young again, for a writer whose row is late.</summary>
    /// <returns>False when it is gone: put it again.</returns>
    bool TryRefresh(string sha256);

    /// <summary>Everything that is stored, in no order; what comes or goes meanwhile may be left out.</summary>
    IEnumerable<StoredContent> Enumerate();

    /// <summary>Removes content, unless it was put or refreshed since it was seen. Who reads it already reads on.</summary>
    /// <returns>False when it is gone already, or stays.</returns>
    bool TryDelete(StoredContent seen);

    /// <summary>Removes what crashes left in the middle of a put.</summary>
    void RemoveLeftovers();
}

/// <param name="Sha256">Lower-case hex.</param>
/// <param name="SizeBytes">Length.</param>
/// <param name="At">When it was put or refreshed last.</param>
public sealed record StoredContent(string Sha256, long SizeBytes, DateTimeOffset At);
