using System.Data.Common;
using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Storage;

namespace TrainingService.Domain.Datasets;

/// <summary>What the holder of an ingest's lease does and writes: version, attempt and status <c>ingesting</c> stand in every <c>WHERE</c>.</summary>
public sealed partial class DatasetStore
{
    private const string Held = "dataset_versions.id = @id AND attempt = @attempt AND status = 'ingesting'";
    private const string Released = "lease_owner = NULL, claim_id = NULL, lease_expires_at = NULL, last_seq = last_seq + @n";
    private const string Ended = $"ended_at = now(), cancel_requested = false, {Released}";

    /// <summary>What attempts before left of columns; the sources stay.</summary>
    private const string DropMade = "DELETE FROM dataset_files USING changed WHERE version_id = changed.id AND kind <> 'source'";

    /// <summary>Takes a queued version.</summary>
    /// <param name="claimId">Names the claim: repeated with the same id while it holds the version, it gives the same claim.</param>
    /// <returns>Null when it is not to be had: taken, ended or unknown.</returns>
    public async Task<IngestClaim?> TryClaimAsync(Guid versionId, Guid claimId, string owner, TimeSpan lease, CancellationToken ct)
    {
        var claims = await _sql.WriteAsync(
            $"""
            UPDATE dataset_versions SET status = 'ingesting', attempt = attempt + 1, lease_owner = @owner, claim_id = @claim,
                   lease_expires_at = clock_timestamp() + @lease, started_at = clock_timestamp(), read_rows = 0, read_bytes = 0,
                   last_seq = last_seq + @n
            WHERE id = @id AND status = 'queued'
            RETURNING {DatasetSql.Row}, {ClaimColumns}
            """,
            [Status(DatasetStatus.Ingesting, "taken by a worker")], ReadClaim, ct,
            [("id", versionId), ("claim", claimId), ("owner", owner), ("lease", lease)], also: [DropMade]);
        if (claims.Count > 0)
            bell.Ring(versionId);
        else
            claims = await _sql.ReadAsync(
                $"SELECT {DatasetSql.Row}, {ClaimColumns} FROM dataset_versions WHERE id = @id AND status = 'ingesting' AND claim_id = @claim",
                ReadClaim, ct, ("id", versionId), ("claim", claimId));
        return claims is [var claim] ? claim with { Sources = await ReadSourcesAsync(versionId, ct) } : null;
    }

    /// <summary>Extends the lease.</summary>
    public async Task<IngestLease> RenewAsync(Guid versionId, int attempt, TimeSpan lease, CancellationToken ct)
    {
        var states = await _beats.ReadAsync(
            $"UPDATE dataset_versions SET lease_expires_at = clock_timestamp() + @lease WHERE {Held} RETURNING cancel_requested",
            row => new IngestLease(Held: true, row.GetBoolean(0)), ct, ("id", versionId), ("attempt", attempt), ("lease", lease));
        return states is [var state] ? state : new IngestLease(Held: false);
    }

    /// <summary>Writes down how far it is, for all to see. Its holder does so about once a second at most.</summary>
    /// <returns>False when the lease is lost; nothing is written then.</returns>
    public async Task<bool> TryReportAsync(Guid versionId, int attempt, IngestProgressMessage progress, CancellationToken ct) => Rang(await _sql.WriteAsync(
        $"""
        UPDATE dataset_versions SET read_rows = @rows, read_bytes = @bytes, source_bytes = coalesce(@total, source_bytes), last_seq = last_seq + @n
        WHERE {Held} RETURNING {DatasetSql.Row}
        """,
        [new NewEvent(DatasetEventTypes.Progress, JsonText.Element(progress))], Changed, ct,
        [("id", versionId), ("attempt", attempt), ("rows", progress.Rows), ("bytes", progress.Bytes), ("total", progress.TotalBytes)]));

    /// <summary>Adds the file that was fetched for it; later attempts find it among their sources. The bytes are in the artifact store already.</summary>
    /// <returns>False when the lease is lost; nothing is written then.</returns>
    public Task<bool> TryAddSourceAsync(Guid versionId, int attempt, DatasetFile file, CancellationToken ct) =>
        TryAddFileAsync(versionId, attempt, DatasetFileKind.Source, file, ct);

    /// <summary>Adds a file, or puts it in the place of the one with its name. The bytes are in the artifact store already.</summary>
    /// <returns>False when the lease is lost; nothing is written then.</returns>
    public Task<bool> TryAddFileAsync(Guid versionId, int attempt, DatasetFile file, CancellationToken ct) => TryAddFileAsync(versionId, attempt, KindOf(file), file, ct);

    private async Task<bool> TryAddFileAsync(Guid versionId, int attempt, DatasetFileKind kind, DatasetFile file, CancellationToken ct) => (await _sql.ReadAsync(
        $"""
        WITH held AS (SELECT id FROM dataset_versions WHERE {Held} FOR UPDATE),
        grown AS (UPDATE dataset_versions SET source_bytes = source_bytes + @size FROM held WHERE dataset_versions.id = held.id AND @kind = 'source'),
        replaced AS (
            UPDATE dataset_files SET sha256 = @sha256, size_bytes = @size FROM held WHERE version_id = held.id AND kind = @kind AND name = @name RETURNING version_id),
        added AS (
            INSERT INTO dataset_files (version_id, kind, number, name, sha256, size_bytes)
            SELECT held.id, @kind, coalesce((SELECT max(number) + 1 FROM dataset_files WHERE version_id = @id AND kind = @kind), 0), @name, @sha256, @size
            FROM held WHERE NOT EXISTS (SELECT FROM replaced))
        SELECT id FROM held
        """,
        Changed, ct,
        ("id", versionId), ("attempt", attempt), ("kind", kind.ToText()), ("name", file.Name), ("sha256", file.Sha256), ("size", file.SizeBytes))).Count > 0;

    /// <summary>Makes it ready. Repeated by its own attempt, it changes nothing and returns true.</summary>
    /// <param name="files">Columns and preview; those that were added before may be among them.</param>
    /// <returns>False when the lease is lost; nothing is written then.</returns>
    public async Task<bool> TryFinishAsync(
        Guid versionId, int attempt, DatasetSchema schema, IReadOnlyList<DatasetFile> files, CancellationToken ct)
    {
        var numbered = files.GroupBy(KindOf).SelectMany(kind => kind.Select((file, number) => (Kind: kind.Key.ToText(), Number: number, File: file))).ToList();
        var columns = files.Where(file => KindOf(file) == DatasetFileKind.Column).ToList();
        return Rang(await _sql.WriteAsync(
                $"""
                UPDATE dataset_versions SET status = 'ready', format = @format, schema = @schema::jsonb, size_bytes = @size, fingerprint = @fingerprint,
                       read_rows = @rows, error = NULL, {Ended}
                WHERE {Held} RETURNING {DatasetSql.Row}
                """,
                [Status(DatasetStatus.Ready)], Changed, ct,
                [
                    ("id", versionId), ("attempt", attempt), ("format", schema.Format.ToText()), ("schema", JsonText.Of(schema)), ("size", columns.Sum(file => file.SizeBytes)),
                    ("fingerprint", DatasetFingerprint.Of(schema, columns)), ("rows", schema.Splits.Values.Sum()),
                    ("kinds", numbered.Select(entry => entry.Kind).ToArray()), ("numbers", numbered.Select(entry => entry.Number).ToArray()),
                    ("names", numbered.Select(entry => entry.File.Name).ToArray()), ("digests", numbered.Select(entry => entry.File.Sha256).ToArray()),
                    ("sizes", numbered.Select(entry => entry.File.SizeBytes).ToArray()),
                ],
                also:
                [
                    """
                    INSERT INTO dataset_files (version_id, kind, number, name, sha256, size_bytes)
                    SELECT changed.id, file.kind, file.number, file.name, file.sha256, file.size_bytes
                    FROM changed, unnest(@kinds, @numbers, @names, @digests, @sizes) AS file (kind, number, name, sha256, size_bytes)
                    ON CONFLICT (version_id, kind, number) DO UPDATE SET name = excluded.name, sha256 = excluded.sha256, size_bytes = excluded.size_bytes
                    """,
                    """
                    DELETE FROM dataset_files USING changed
                    WHERE version_id = changed.id AND kind <> 'source' AND (kind, number) NOT IN (SELECT kind, number FROM unnest(@kinds, @numbers) AS file (kind, number))
                    """,
                ]))
            || await HasEndedAsync(versionId, attempt, DatasetStatus.Ready, ct);
    }

    /// <summary>Ends it with what is wrong with its files. Repeated by its own attempt, it changes nothing and returns true.</summary>
    /// <returns>False when the lease is lost; nothing is written then.</returns>
    public async Task<bool> TryFailAsync(Guid versionId, int attempt, DatasetError error, CancellationToken ct) =>
        Rang(await EndAsync(versionId, attempt, DatasetStatus.Failed, error, null, ct)) || await HasEndedAsync(versionId, attempt, DatasetStatus.Failed, ct);

    /// <summary>Ends it because somebody asked for that. Repeated by its own attempt, it changes nothing and returns true.</summary>
    /// <returns>False when the lease is lost; nothing is written then.</returns>
    public async Task<bool> TryCancelAsync(Guid versionId, int attempt, CancellationToken ct) =>
        Rang(await EndAsync(versionId, attempt, DatasetStatus.Cancelled, null, "somebody asked for it", ct))
        || await HasEndedAsync(versionId, attempt, DatasetStatus.Cancelled, ct);

    /// <summary>Gives it back: for another worker, or cancelled when somebody asked for that meanwhile, or failed when its attempts are spent.</summary>
    /// <param name="reason">For people.</param>
    /// <param name="countAttempt">Whether the attempt counts against the limit; not when the worker stops in good order.</param>
    public async Task<IngestSettled> TryHandBackAsync(Guid versionId, int attempt, string reason, bool countAttempt, CancellationToken ct)
    {
        var held = await _sql.ReadAsync(
            $"SELECT cancel_requested, attempt - uncounted_attempts >= max_attempts FROM dataset_versions WHERE {Held}",
            row => (Cancel: row.GetBoolean(0), Spent: row.GetBoolean(1)), ct, ("id", versionId), ("attempt", attempt));
        if (held is not [var (cancel, spent)])
            return IngestSettled.Lost;
        if (cancel)
            return await TryCancelAsync(versionId, attempt, ct) ? IngestSettled.Cancelled : IngestSettled.Lost;
        if (countAttempt && spent)
            return await TryFailAsync(versionId, attempt, Spent(reason), ct) ? IngestSettled.Failed : IngestSettled.Lost;
        return Rang(await _sql.WriteAsync(
            $"""
            UPDATE dataset_versions SET status = 'queued', uncounted_attempts = uncounted_attempts + @uncounted, offered_at = now(), {Released}
            WHERE {Held} RETURNING {DatasetSql.Row}
            """,
            [Status(DatasetStatus.Queued, reason)], Changed, ct, [("id", versionId), ("attempt", attempt), ("uncounted", countAttempt ? 0 : 1)]))
            ? IngestSettled.Queued : IngestSettled.Lost;
    }

    private Task<IReadOnlyList<Guid>> EndAsync(Guid versionId, int attempt, DatasetStatus status, DatasetError? error, string? reason, CancellationToken ct) => _sql.WriteAsync(
        $"UPDATE dataset_versions SET status = @status, error = @error::jsonb, {Ended} WHERE {Held} RETURNING {DatasetSql.Row}",
        [Status(status, reason, error)], Changed, ct,
        [("id", versionId), ("attempt", attempt), ("status", status.ToText()), ("error", error is null ? null : JsonText.Of(error))], also: [DropMade]);

    private async Task<bool> HasEndedAsync(Guid versionId, int attempt, DatasetStatus status, CancellationToken ct) => (await _sql.ReadAsync(
        "SELECT id FROM dataset_versions WHERE id = @id AND attempt = @attempt AND status = @status", Changed, ct,
        ("id", versionId), ("attempt", attempt), ("status", status.ToText()))).Count > 0;

    private Task<IReadOnlyList<DatasetFile>> ReadSourcesAsync(Guid versionId, CancellationToken ct) => _sql.ReadAsync(
        "SELECT name, sha256, size_bytes FROM dataset_files WHERE version_id = @id AND kind = 'source' ORDER BY number",
        ReadFile, ct, ("id", versionId));

    private static DatasetFileKind KindOf(DatasetFile file) =>
        file.Name.StartsWith("preview.", StringComparison.Ordinal) ? DatasetFileKind.Preview : DatasetFileKind.Column;

    private const string ClaimColumns = "name, version, options, source_url, source_sha256, built_in, cancel_requested";

    private static IngestClaim ReadClaim(DbDataReader row) => new(
        row.GetGuid(0), new DatasetReference(row.GetString(row.GetOrdinal("name")), row.GetInt32(row.GetOrdinal("version"))), row.GetInt32(1),
        JobSql.Json<IngestOptions>(row, "options"), [], Text(row, "source_url"), Text(row, "source_sha256"), Text(row, "built_in"), row.GetBoolean(row.GetOrdinal("cancel_requested")));

    private static string? Text(DbDataReader row, string column) => row.IsDBNull(row.GetOrdinal(column)) ? null : row.GetString(row.GetOrdinal(column));

    private static DatasetError Spent(string reason) => new(
        DatasetErrorCodes.InternalError, $"Its reader ended without a result each time it was tried. The last time: {reason}");
}
