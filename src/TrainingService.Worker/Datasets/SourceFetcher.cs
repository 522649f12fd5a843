using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Datasets;
using TrainingService.Worker.Queue;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Datasets;

/// <summary>Fetches the file of a version that was asked for by its address; later attempts find it stored.</summary>
internal sealed class SourceFetcher(DatasetStore store, DatasetFetcher http, Outage outage)
{
    /// <exception cref="DatasetFetchException">It cannot be had.</exception>
    public async Task<IReadOnlyList<DatasetFile>> FetchAsync(IngestClaim claim, Lease lease, CancellationToken ct)
    {
        if (claim.SourceUrl is not { } url)
            throw new InvalidDataException($"{claim.Reference}: expected files, or an address to fetch one from. Received: neither.");
        var file = await http.FetchAsync(url, claim.SourceSha256, progress: null, ct);
        if (!await outage.RetryAsync("add a source of a data set", () => store.TryAddSourceAsync(claim.VersionId, claim.Attempt, file, ct), ct))
            lease.MarkLost();
        lease.Lost.ThrowIfCancellationRequested();
        return [file];
    }
}
