using System.Data.Common;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Events;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Storage;

namespace TrainingService.Domain.Datasets;

/// <summary>
/// Every change of data sets, as <see cref="JobStore"/> does it for jobs: one statement each, the expected state in its <c>WHERE</c>, events
/// numbered from the locked row, writes of an ingest fenced by its attempt, a repeated write recognised. The bell rings after the commit.
/// </summary>
public sealed partial class DatasetStore(
    NpgsqlDataSource database, HeartbeatDataSource heartbeats, EventBell bell, IOptions<DatasetOptions> options, TimeProvider time)
{
    private readonly DatasetSql _sql = new(database);
    private readonly DatasetSql _beats = new(heartbeats.Source);

    /// <summary>Adds a queued version with its first event. Putting it on the queue is the caller's next step.</summary>
    public async Task<AddedDataset> AddAsync(NewDataset dataset, IdempotencyKey? key, CancellationToken ct)
    {
        while (true)
        {
            if (key is not null && await FindRepeatedAsync(key, ct) is { } repeated)
                return repeated;
            var id = Guid.CreateVersion7(time.GetUtcNow());
            var (request, uploads) = (dataset.Request, dataset.Uploads);
            var added = await _sql.WriteAsync(
                $"""
                INSERT INTO dataset_versions (id, name, version, status, options, source_url, source_sha256, built_in, source_bytes, attempt, uncounted_attempts,
                                              max_attempts, cancel_requested, read_rows, read_bytes, last_seq, created_at, offered_at, idempotency_key, idempotency_sha256)
                SELECT @id, name, last_version, 'queued', @options::jsonb, @url, @url_sha256, @built_in, (SELECT coalesce(sum(size_bytes), 0) FROM taken), 0, 0,
                       @max_attempts, false, 0, 0, @n, now(), now(), @key, @key_sha256
                FROM named
                ON CONFLICT (idempotency_key) DO NOTHING RETURNING {DatasetSql.Row}, name, version
                """,
                [Status(DatasetStatus.Queued, "accepted")], ReadAdded, ct,
                [
                    ("id", id), ("name", request.Name), ("description", request.Description), ("licence", request.Licence), ("source", request.Source),
                    ("options", JsonText.Of(request.Options ?? new IngestOptions())), ("url", request.Url), ("url_sha256", request.Sha256), ("built_in", dataset.BuiltIn),
                    ("max_attempts", options.Value.MaxAttempts), ("uploads", uploads.ToArray()), ("count", uploads.Count), ("key", key?.Key), ("key_sha256", key?.BodySha256),
                ],
                also:
                [
                    """
                    INSERT INTO dataset_files (version_id, kind, number, name, sha256, size_bytes)
                    SELECT changed.id, 'source', taken.number - 1, taken.file_name, taken.sha256, taken.size_bytes FROM changed, taken
                    """,
                ],
                // The uploads are locked, so that their bytes have a row that names them at any time.
                before: """
                taken AS (
                    SELECT array_position(@uploads, id) AS number, file_name, sha256, size_bytes FROM uploads WHERE id = ANY (@uploads) AND complete FOR SHARE),
                named AS (
                    INSERT INTO datasets (name, description, licence, source, last_version, created_at)
                    SELECT @name, coalesce(@description, ''), coalesce(@licence, ''), coalesce(@source, ''), 1, now() WHERE (SELECT count(*) FROM taken) = @count
                    ON CONFLICT (name) DO UPDATE
                    SET last_version = datasets.last_version + 1, description = coalesce(@description, datasets.description),
                        licence = coalesce(@licence, datasets.licence), source = coalesce(@source, datasets.source)
                    RETURNING name, last_version)
                """);
            if (added is [var created])
            {
                bell.Ring(created.VersionId);
                return created;
            }
            if (!await AreCompleteAsync(uploads, ct))
                return new AddedDataset(AddDatasetOutcome.NoUpload, Guid.Empty, request.Name, 0);
            // Another request with this key was faster: look again.
        }
    }

    /// <summary>A built-in data set's version, made when there is none that is ready or on its way.</summary>
    /// <returns>The version and whether it is new: then it is to be put on the queue.</returns>
    public async Task<(Guid VersionId, bool IsNew)> EnsureBuiltInAsync(string name, CancellationToken ct)
    {
        // One look: whoever comes at the same time sees the same last version, and so gets the same new one by the key.
        var found = await _sql.ReadAsync(
            """
            SELECT coalesce((SELECT last_version FROM datasets WHERE name = @name), 0),
                   (SELECT id FROM dataset_versions WHERE name = @name AND status IN ('queued', 'ingesting', 'ready') ORDER BY version DESC LIMIT 1)
            """,
            row => (Last: row.GetInt32(0), Id: row.IsDBNull(1) ? (Guid?)null : row.GetGuid(1)), ct, ("name", name));
        if (found[0] is { Id: { } id })
            return (id, IsNew: false);
        var key = new IdempotencyKey($"built in: {new DatasetReference(name, found[0].Last + 1)}", new string('0', 64));
        var added = await AddAsync(new NewDataset(new DatasetRequest(name), [], BuiltIn: name), key, ct);
        return (added.VersionId, added.Outcome == AddDatasetOutcome.Created);
    }

    /// <summary>Events after a number, in order.</summary>
    public Task<IReadOnlyList<DatasetEvent>> ReadEventsAsync(Guid versionId, long after, int limit, CancellationToken ct) => _sql.ReadAsync(
        """
        SELECT e.seq, v.name, v.version, e.attempt, e.type, e.created_at, e.data FROM dataset_events e JOIN dataset_versions v ON v.id = e.version_id
        WHERE e.version_id = @id AND e.seq > @after AND e.seq <= @end ORDER BY e.seq
        """,
        row => new DatasetEvent(
            row.GetInt64(0), row.GetString(1), row.GetInt32(2), row.GetInt32(3), row.GetString(4), row.GetFieldValue<DateTimeOffset>(5),
            JsonElement.Parse(row.GetFieldValue<byte[]>(6))),
        ct, ("id", versionId), ("after", after), ("end", after > long.MaxValue - limit ? long.MaxValue : after + limit));

    /// <summary>What the same request made before; null when it is new.</summary>
    public async Task<AddedDataset?> FindRepeatedAsync(IdempotencyKey key, CancellationToken ct)
    {
        var found = await _sql.ReadAsync(
            "SELECT id, name, version, idempotency_sha256 FROM dataset_versions WHERE idempotency_key = @key",
            row => new AddedDataset(
                row.GetString(3) == key.BodySha256 ? AddDatasetOutcome.Repeated : AddDatasetOutcome.KeyReused, row.GetGuid(0), row.GetString(1), row.GetInt32(2)),
            ct, ("key", key.Key));
        return found is [var repeated] ? repeated : null;
    }

    private async Task<bool> AreCompleteAsync(IReadOnlyList<Guid> uploads, CancellationToken ct) =>
        (await _sql.ReadAsync("SELECT id FROM uploads WHERE id = ANY (@ids) AND complete", Changed, ct, ("ids", uploads.ToArray()))).Count == uploads.Count;

    private static AddedDataset ReadAdded(DbDataReader row) =>
        new(AddDatasetOutcome.Created, row.GetGuid(0), row.GetString(row.GetOrdinal("name")), row.GetInt32(row.GetOrdinal("version")));

    private static Guid Changed(DbDataReader row) => row.GetGuid(0);

    /// <summary>Rings for each changed version.</summary>
    /// <returns>Whether there was one.</returns>
    private bool Rang(IReadOnlyList<Guid> changed)
    {
        foreach (var id in changed)
            bell.Ring(id);
        return changed.Count > 0;
    }

    private static NewEvent Status(DatasetStatus status, string? reason = null, DatasetError? error = null) =>
        new(DatasetEventTypes.Status, JsonText.Element(new DatasetStatusEvent(status.ToText(), reason, error)));
}
