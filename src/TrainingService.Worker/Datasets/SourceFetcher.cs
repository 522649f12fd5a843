using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Datasets;
using TrainingService.Domain.Datasets.BuiltIn;
using TrainingService.Worker.Queue;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Datasets;

/// <summary>
/// Fetches the files of a version that was asked for by its address or by Keras's name; later attempts find them stored. How far it is can be
/// seen.
/// </summary>
internal sealed class SourceFetcher(DatasetStore store, DatasetFetcher http, BuiltInFetcher builtIn, Outage outage, TimeProvider time)
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);

    /// <exception cref="DatasetFetchException">It cannot be had.</exception>
    /// <exception cref="BuiltInFetchException">It cannot be had.</exception>
    public async Task<IReadOnlyList<DatasetFile>> FetchAsync(IngestClaim claim, Lease lease, CancellationToken ct)
    {
        var shipped = claim.BuiltIn is { } name
            ? BuiltInDatasets.Find(name) ?? throw new InvalidDataException($"{claim.Reference}: expected a built-in data set. Received: \"{name}\".")
            : null;
        if (claim.Sources.Count >= Math.Max(1, shipped?.Files.Count ?? 0))
            return claim.Sources;
        var files = await ReportingAsync(claim, lease, seen => FetchAsync(claim, shipped, seen, ct), ct);
        foreach (var file in files)
        {
            if (!await outage.RetryAsync("add a source of a data set", () => store.TryAddSourceAsync(claim.VersionId, claim.Attempt, file, ct), ct))
                lease.MarkLost();
            lease.Lost.ThrowIfCancellationRequested();
        }
        return files;
    }

    private async Task<IReadOnlyList<DatasetFile>> FetchAsync(IngestClaim claim, BuiltInDataset? shipped, Seen seen, CancellationToken ct) =>
        shipped is not null ? await builtIn.FetchAsync(shipped, bytes => seen.Set(bytes, null), ct)
        : claim.SourceUrl is { } url ? [await http.FetchAsync(url, claim.SourceSha256, seen.Set, ct)]
        : throw new InvalidDataException($"{claim.Reference}: expected files, or an address to fetch one from. Received: neither.");

    private async Task<T> ReportingAsync<T>(IngestClaim claim, Lease lease, Func<Seen, Task<T>> fetch, CancellationToken ct)
    {
        var seen = new Seen();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var reporting = ReportAsync(claim, lease, seen, ended.Token);
        try
        {
            return await fetch(seen);
        }
        finally
        {
            await ended.CancelAsync();
            await reporting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReportAsync(IngestClaim claim, Lease lease, Seen seen, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(_period, time);
        IngestProgressMessage? before = null;
        while (await timer.WaitForNextTickAsync(ct))
        {
            if (seen.Latest is not { } now || now == before)
                continue;
            before = now;
            if (!await outage.RetryAsync("report the progress of a download", () => store.TryReportAsync(claim.VersionId, claim.Attempt, now, ct), ct))
                lease.MarkLost();
        }
    }

    /// <summary>How far a download is.</summary>
    private sealed class Seen
    {
        private volatile IngestProgressMessage? _latest;

        public IngestProgressMessage? Latest => _latest;

        public void Set(long bytes, long? total) => _latest = new IngestProgressMessage(0, bytes, total);
    }
}
