using Microsoft.Extensions.Logging;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Domain.Datasets;

/// <summary>The data sets that jobs can name: folders below one root.</summary>
public sealed class DatasetCatalog
{
    private readonly Dictionary<string, DatasetLocation> _byName = [];

    public DatasetCatalog(string root, ILogger<DatasetCatalog> log)
    {
        log.LogInformation("Data sets in {Root}", root);
        All = [.. _byName.Values.Select(location => location.Info)];
    }

    /// <summary>What is there, by name.</summary>
    public IReadOnlyList<DatasetInfo> All { get; }

    /// <summary>Where a data set lies, or null when there is none of that name.</summary>
    public DatasetLocation? Find(string name) => _byName.GetValueOrDefault(name);
}

/// <summary>A data set and its folder.</summary>
public sealed record DatasetLocation(DatasetInfo Info, string Directory);
