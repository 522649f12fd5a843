using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Datasets;
using TrainingService.Worker.Queue;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Datasets;

/// <summary>Stores the files that an ingest makes: the bytes first, verified on the way, then the row; then the process's own file goes.</summary>
internal sealed class IngestFiles(IArtifactStore artifacts, DatasetStore store, RunFolder folder, Outage outage, StorageSpace space, IngestClaim claim)
{
    private readonly List<DatasetFile> _stored = [];

    /// <summary>What was stored so far.</summary>
    public IReadOnlyList<DatasetFile> Stored => _stored;

    /// <returns>False when the lease is lost; there is no row then.</returns>
    /// <exception cref="InvalidDataException">The bytes are not those that were announced.</exception>
    public async Task<bool> TryStoreAsync(DatasetFile file, CancellationToken ct)
    {
        var path = folder.OutputPath(file.Name);
        await PutAsync(file, path, ct);
        var added = await outage.RetryAsync(
            "add a file of a data set",
            async () =>
            {
                // Content without a row is cleared away after a while: that of a row that waited long for its database too.
                if (!artifacts.TryRefresh(file.Sha256))
                    await PutAsync(file, path, ct);
                return await store.TryAddFileAsync(claim.VersionId, claim.Attempt, file, ct);
            },
            ct);
        File.Delete(path);
        if (added)
            _stored.Add(file);
        return added;
    }

    private async Task PutAsync(DatasetFile file, string path, CancellationToken ct)
    {
        var (sha256, size) = await space.RetryAsync(
            $"store {file.Name}",
            async () =>
            {
                await using var content = File.OpenRead(path);
                return await artifacts.PutAsync(content, ct);
            },
            ct);
        if (sha256 != file.Sha256 || size != file.SizeBytes)
            throw new InvalidDataException($"{file.Name}: expected {file.SizeBytes} bytes with SHA-256 {file.Sha256}. Received: {size} bytes with {sha256}.");
    }
}
