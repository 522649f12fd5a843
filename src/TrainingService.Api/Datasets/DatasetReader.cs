using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Datasets;
using TrainingService.Domain.Datasets.BuiltIn;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Datasets;

/// <summary>Data sets as answers show them.</summary>
internal sealed class DatasetReader(TrainingDb db, DatasetStore store, DatasetCatalog catalog)
{
    public async Task<Page<DatasetResponse>> ListAsync(string? after, int limit, CancellationToken ct)
    {
        var stored = (await store.ListAsync(after, limit + 1, ct)).ToDictionary(dataset => dataset.Name);
        var names = stored.Keys.Union(BuiltInNames().Where(name => string.CompareOrdinal(name, after ?? "") > 0)).Order(StringComparer.Ordinal).Take(limit + 1).ToList();
        var page = names.Take(limit).Select(name => Of(name, stored.GetValueOrDefault(name))!).ToList();
        return new Page<DatasetResponse>(page, names.Count > limit ? page[^1].Name : null);
    }

    public async Task<DatasetResponse?> FindAsync(string name, CancellationToken ct) =>
        IsName(name) ? Of(name, await store.FindAsync(name, ct)) : null;

    /// <summary>Newest first, without what was counted over their columns.</summary>
    public async Task<IReadOnlyList<DatasetVersionResponse>> VersionsAsync(string name, CancellationToken ct)
    {
        if (!IsName(name))
            return [];
        var versions = await db.DatasetVersions.AsNoTracking().Where(version => version.Name == name).OrderByDescending(version => version.Version).ToListAsync(ct);
        return versions.Count == 0 && catalog.Find(name) is { } shipped ? [OfShipped(shipped.Info)] : [.. versions.Select(version => Of(version, files: null))];
    }

    public async Task<DatasetVersionResponse?> FindVersionAsync(string name, int version, CancellationToken ct)
    {
        if (!IsName(name))
            return null;
        var row = await db.DatasetVersions.AsNoTracking().SingleOrDefaultAsync(row => row.Name == name && row.Version == version, ct);
        if (row is null)
            return catalog.Find(name) is { } shipped && shipped.Info.Version == version ? OfShipped(shipped.Info) : null;
        var files = await db.DatasetFiles.AsNoTracking().Where(file => file.VersionId == row.Id && file.Kind == DatasetFileKind.Source).OrderBy(file => file.Number)
            .Select(file => new DatasetFile(file.Name, file.Sha256, file.SizeBytes)).ToListAsync(ct);
        return Of(row, files);
    }

    /// <summary>Columns with what was counted over them; null when there is no such version, or it is not ready.</summary>
    public async Task<IReadOnlyList<ColumnInfo>?> FindColumnsAsync(string name, int version, CancellationToken ct)
    {
        if (!IsName(name))
            return null;
        var schema = await db.DatasetVersions.AsNoTracking().Where(row => row.Name == name && row.Version == version && row.Status == DatasetStatus.Ready)
            .Select(row => row.Schema).SingleOrDefaultAsync(ct);
        return Read<DatasetSchema>(schema)?.Columns ?? (catalog.Find(name) is { } shipped && shipped.Info.Version == version ? shipped.Info.AllColumns() : null);
    }

    /// <summary>A file of a version's preview; null when there is none of that name.</summary>
    public async Task<StoredDatasetFile?> FindPreviewAsync(string name, int version, string file, CancellationToken ct) => !IsName(name) ? null
        : await (from row in db.DatasetVersions
                 join preview in db.DatasetFiles on row.Id equals preview.VersionId
                 where row.Name == name && row.Version == version && row.Status == DatasetStatus.Ready && preview.Kind == DatasetFileKind.Preview && preview.Name == file
                 select preview).AsNoTracking().SingleOrDefaultAsync(ct);

    private IEnumerable<string> BuiltInNames() => catalog.All.Select(info => info.Name).Union(BuiltInDatasets.All.Select(dataset => dataset.Name));

    private DatasetResponse? Of(string name, DatasetSummary? stored)
    {
        var shipped = catalog.Find(name)?.Info;
        var builtIn = BuiltInDatasets.Find(name);
        if (stored is not null)
            return new DatasetResponse(name, stored.Description.Length > 0 ? stored.Description : builtIn?.Description ?? "", shipped is not null || builtIn is not null,
                stored.Info?.Version ?? shipped?.Version, stored.Versions, stored.CreatedAt, stored.UpdatedAt, WithoutStatistics(stored.Info) ?? shipped);
        return shipped is not null ? new DatasetResponse(name, shipped.Description, BuiltIn: true, shipped.Version, 1, null, null, shipped)
            : builtIn is not null ? new DatasetResponse(name, builtIn.Description, BuiltIn: true, null, 0, null, null, null) : null;
    }

    private static DatasetVersionResponse OfShipped(DatasetInfo info) => new(
        info.Name, info.Version, DatasetStatus.Ready, DatasetFormat.Idx, DateTimeOffset.UnixEpoch, Splits: info.Splits, Columns: info.AllColumns());

    private static DatasetVersionResponse Of(DatasetVersion row, IReadOnlyList<DatasetFile>? files)
    {
        var schema = Read<DatasetSchema>(row.Schema);
        return new DatasetVersionResponse(
            row.Name, row.Version, row.Status, row.Format, row.CreatedAt, row.Status == DatasetStatus.Ready ? row.EndedAt : null, schema?.Splits,
            WithoutStatistics(schema?.Columns), row.SizeBytes, row.Fingerprint, Read<DatasetError>(row.Error),
            row.Attempt == 0 ? null : new IngestProgressMessage(row.ReadRows, row.ReadBytes, row.SourceBytes), row.Attempt, Read<IngestOptions>(row.Options), files);
    }

    private static DatasetInfo? WithoutStatistics(DatasetInfo? info) => info is null ? null : info with { Columns = WithoutStatistics(info.Columns) };

    private static IReadOnlyList<ColumnInfo>? WithoutStatistics(IReadOnlyList<ColumnInfo>? columns) =>
        columns is null ? null : [.. columns.Select(column => column with { Statistics = null })];

    private static bool IsName(string name) => DatasetReference.TryParse(name) is { Version: null };

    private static T? Read<T>(JsonDocument? json) where T : class => json?.Deserialize<T>(ContractsJson.Options);
}
