using TrainingService.Contracts.Artifacts;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Jobs;

namespace TrainingService.Worker.Queue;

/// <summary>Stores files of a run: the bytes first, hashed on the way, then the row.</summary>
internal sealed class ArtifactPublisher(
    IArtifactStore artifacts, JobStore store, Outage outage, StorageSpace space, TimeProvider time, Claim claim)
{
    private readonly SortedDictionary<string, ManifestFile> _published = new(StringComparer.Ordinal);

    /// <summary>What was published so far, by name.</summary>
    public IReadOnlyList<ManifestFile> Published => [.. _published.Values];

    /// <returns>False when the lease is lost; there is no row then.</returns>
    public async Task<bool> TryPublishAsync(string path, string name, string kind, string mediaType, CancellationToken ct)
    {
        await using var content = File.OpenRead(path);
        return await TryPublishAsync(content, name, kind, mediaType, ct);
    }

    /// <inheritdoc cref="TryPublishAsync(string, string, string, string, CancellationToken)" />
    public async Task<bool> TryPublishAsync(Stream content, string name, string kind, string mediaType, CancellationToken ct)
    {
        var (sha256, size) = await PutAsync(content, name, ct);
        var artifact = new Artifact
        {
            JobId = claim.JobId,
            Attempt = claim.Attempt,
            Name = name,
            Kind = kind,
            MediaType = mediaType,
            SizeBytes = size,
            Sha256 = sha256,
            CreatedAt = time.GetUtcNow(),
        };
        var added = await outage.RetryAsync(
            "add an artifact",
            async () =>
            {
                // Content without a row is cleared away after a while: that of a row that waited long for its database too.
                if (!artifacts.TryRefresh(sha256))
                    await PutAsync(content, name, ct);
                return await store.TryAddArtifactAsync(claim.JobId, claim.Attempt, artifact, ct);
            },
            ct);
        if (added)
            _published[name] = new ManifestFile(name, kind, size, sha256);
        return added;
    }

    private Task<(string Sha256, long SizeBytes)> PutAsync(Stream content, string name, CancellationToken ct) => space.RetryAsync(
        $"store {name}",
        () =>
        {
            content.Position = 0;
            return artifacts.PutAsync(content, ct);
        },
        ct);
}
