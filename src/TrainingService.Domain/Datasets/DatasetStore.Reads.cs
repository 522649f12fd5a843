using System.Data.Common;
using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Datasets;

/// <summary>What can be trained on.</summary>
public sealed partial class DatasetStore
{
    private const string InfoColumns = "v.id, v.name, v.version, d.description, d.licence, d.source, v.schema, v.fingerprint, v.size_bytes";

    /// <summary>The versions that references mean, each once; those that are not there are left out.</summary>
    public async Task<IReadOnlyList<Guid>> FindReadyIdsAsync(IReadOnlyList<DatasetReference> references, CancellationToken ct) =>
        [.. (await _sql.ReadAsync(
            """
            SELECT found.id FROM unnest(@names, @versions) AS wanted (name, version)
            JOIN LATERAL (SELECT id FROM dataset_versions AS v
                          WHERE v.name = wanted.name AND v.status = 'ready' AND (wanted.version = 0 OR v.version = wanted.version)
                          ORDER BY v.version DESC LIMIT 1) AS found ON true
            """,
            Changed, ct, ("names", references.Select(reference => reference.Name).ToArray()),
            ("versions", references.Select(reference => reference.Version ?? 0).ToArray()))).Distinct()];

    /// <summary>What versions hold.</summary>
    public Task<IReadOnlyList<(Guid Id, DatasetInfo Info)>> ReadInfosAsync(IReadOnlyList<Guid> versionIds, CancellationToken ct) => _sql.ReadAsync(
        $"SELECT {InfoColumns} FROM dataset_versions AS v JOIN datasets AS d ON d.name = v.name WHERE v.id = ANY (@ids) AND v.status = 'ready'",
        row => (row.GetGuid(0), ReadInfo(row)), ct, ("ids", versionIds.ToArray()));

    /// <summary>The newest ready version of each data set, by name.</summary>
    public Task<IReadOnlyList<DatasetInfo>> ListNewestAsync(int limit, CancellationToken ct) => _sql.ReadAsync(
        $"""
        SELECT {InfoColumns} FROM datasets AS d
        JOIN LATERAL (SELECT * FROM dataset_versions AS v WHERE v.name = d.name AND v.status = 'ready' ORDER BY v.version DESC LIMIT 1) AS v ON true
        ORDER BY d.name LIMIT @limit
        """,
        ReadInfo, ct, ("limit", limit));

    /// <summary>A version with its files, for a worker to train on; null when there is none of that name, or it is not ready.</summary>
    public async Task<ReadyDataset?> FindReadyAsync(DatasetReference reference, CancellationToken ct)
    {
        var ids = await FindReadyIdsAsync([reference], ct);
        if (ids is not [var id] || await ReadInfosAsync([id], ct) is not [var (_, info)])
            return null;
        var files = await _sql.ReadAsync(
            "SELECT name, sha256, size_bytes FROM dataset_files WHERE version_id = @id AND kind = 'column' ORDER BY number", ReadFile, ct, ("id", id));
        return new ReadyDataset(id, info, files);
    }

    private static DatasetFile ReadFile(DbDataReader row) => new(row.GetString(0), row.GetString(1), row.GetInt64(2));

    private static DatasetInfo ReadInfo(DbDataReader row) =>
        DatasetInfo.Of(row.GetString(1), row.GetInt32(2), row.GetString(3), JobSql.Json<DatasetSchema>(row, "schema"), [], row.GetString(4), row.GetString(5)) with
        {
            Fingerprint = row.GetString(7),
            SizeBytes = row.GetInt64(8),
        };
}
