using System.Collections.Concurrent;
using System.Text.Json;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Domain.Datasets;

/// <summary>What jobs mean when they name data sets: versions that were ingested, and those that come with the service.</summary>
public sealed class DatasetResolver(DatasetCatalog catalog, DatasetStore store)
{
    private const int MaxKnown = 1_000;

    /// <summary>How many names there are to find a similar one in, when a job names one that is not there.</summary>
    private const int MaxSimilar = 1_000;

    // A version that is ready never changes.
    private readonly ConcurrentDictionary<Guid, DatasetInfo> _known = new();

    /// <summary>
    /// What a job's body is to be checked against: every version that it names. A job that names only what comes with the service asks nobody.
    /// </summary>
    public async Task<IReadOnlyList<DatasetInfo>> ResolveAsync(JsonElement spec, CancellationToken ct)
    {
        var wanted = DatasetReference.In(spec).Where(reference => !catalog.All.Any(reference.Names)).ToList();
        if (wanted.Count == 0)
            return catalog.All;
        var found = await FindAsync(wanted, ct);
        return found.Count == wanted.Count || found.Count > 0 && wanted.TrueForAll(reference => found.Any(reference.Names))
            ? [.. catalog.All, .. found]
            // Some are not there: the answer says which, and what may have been meant.
            : [.. catalog.All, .. found, .. (await store.ListNewestAsync(MaxSimilar, ct)).Where(info => !found.Exists(known => known.Reference() == info.Reference()))];
    }

    /// <summary>The versions that references mean; those that are not there are left out.</summary>
    private async Task<List<DatasetInfo>> FindAsync(IReadOnlyList<DatasetReference> references, CancellationToken ct)
    {
        var ids = await store.FindReadyIdsAsync(references, ct);
        var unknown = ids.Where(id => !_known.ContainsKey(id)).ToList();
        if (unknown.Count > 0)
        {
            if (_known.Count > MaxKnown)
                _known.Clear();
            foreach (var (id, info) in await store.ReadInfosAsync(unknown, ct))
                _known[id] = info;
        }
        return [.. ids.Select(id => _known.GetValueOrDefault(id)).OfType<DatasetInfo>()];
    }
}
