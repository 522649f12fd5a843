using System.Collections.Concurrent;
using System.Text.Json;
using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Datasets.BuiltIn;

namespace TrainingService.Domain.Datasets;

/// <summary>What a job's data sets are.</summary>
/// <param name="Infos">What the job is to be checked against.</param>
/// <param name="ToFetch">Built-in data sets that it names and that were never fetched.</param>
public sealed record ResolvedDatasets(IReadOnlyList<DatasetInfo> Infos, IReadOnlyList<string> ToFetch);

/// <summary>What jobs mean when they name data sets: versions that were ingested, and those that come with the service.</summary>
public sealed class DatasetResolver(DatasetCatalog catalog, DatasetStore store)
{
    private const int MaxKnown = 1_000;

    /// <summary>How many names there are to find a similar one in, when a job names one that is not there.</summary>
    private const int MaxSimilar = 1_000;

    // A version that is ready never changes.
    private readonly ConcurrentDictionary<Guid, DatasetInfo> _known = new();

    /// <summary>Every version that a job's body names. A job that names only what comes with the service asks nobody.</summary>
    public async Task<ResolvedDatasets> ResolveAsync(JsonElement spec, CancellationToken ct)
    {
        var wanted = DatasetReference.In(spec).Where(reference => !catalog.All.Any(reference.Names)).ToList();
        if (wanted.Count == 0)
            return new ResolvedDatasets(catalog.All, []);
        var found = await FindAsync(wanted, ct);
        var missing = wanted.Where(reference => !found.Exists(reference.Names)).ToList();
        if (missing.Count == 0)
            return new ResolvedDatasets([.. catalog.All, .. found], []);
        // The answer says which are not there, and what may have been meant.
        var others = (await store.ListNewestAsync(MaxSimilar, ct)).Where(info => !found.Exists(known => known.Reference() == info.Reference()));
        return new ResolvedDatasets(
            [.. catalog.All, .. found, .. others], [.. missing.Where(reference => BuiltInDatasets.Find(reference.Name) is not null).Select(reference => reference.Name).Distinct()]);
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
