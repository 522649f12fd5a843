using Microsoft.Extensions.Logging;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Domain.Datasets;

/// <summary>The data sets that jobs can name: folders below one root. A folder that is missing or damaged is left out, and the log says why.</summary>
public sealed class DatasetCatalog
{
    private static readonly (DatasetInfo Info, Action<string> Check)[] BuiltIn = [(Mnist.Info, Mnist.Check)];

    private readonly Dictionary<string, DatasetLocation> _byName = [];

    public DatasetCatalog(string root, ILogger<DatasetCatalog> log)
    {
        foreach (var (info, check) in BuiltIn)
        {
            var folder = Path.GetFullPath(Path.Combine(root, info.Name));
            try
            {
                check(folder);
                _byName.Add(info.Name, new DatasetLocation(info, folder));
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                log.LogError(e, "Data set {Name} in {Folder} cannot be used", info.Name, folder);
            }
        }
        All = [.. _byName.Values.Select(location => location.Info).OrderBy(info => info.Name, StringComparer.Ordinal)];
    }

    /// <summary>What is there, by name.</summary>
    public IReadOnlyList<DatasetInfo> All { get; }

    /// <summary>Where a data set lies, or null when there is none of that name.</summary>
    public DatasetLocation? Find(string name) => _byName.GetValueOrDefault(name);
}
