using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Datasets;

/// <summary>What people ask for, and what time does.</summary>
public sealed partial class DatasetStore
{
    private const int SweepLimit = 1_000;

    /// <summary>Jobs that would fail without it.</summary>
    private const string InUse =
        """
        EXISTS (SELECT FROM jobs WHERE status IN ('queued', 'running', 'paused')
                AND jsonb_path_exists(spec->'data', '$.**.dataset ? (@ == $pin)', jsonb_build_object('pin', v.name || '@' || v.version)))
        """;

    /// <summary>Cancels a version that waits at once, or tells the worker of one that is being read.</summary>
    public async Task<DatasetOutcome> CancelAsync(string name, int version, CancellationToken ct)
    {
        while (true)
        {
            var at = await _sql.ReadAsync(
                "SELECT id, status, cancel_requested FROM dataset_versions WHERE name = @name AND version = @version",
                row => (Id: row.GetGuid(0), Status: row.GetString(1), Requested: row.GetBoolean(2)), ct, ("name", name), ("version", version));
            if (at is not [var (id, status, requested)])
                return DatasetOutcome.NotFound;
            if (status is not ("uploading" or "queued" or "ingesting"))
                return DatasetOutcome.NothingToDo;
            var isHeld = status == "ingesting";
            if (isHeld && requested)
            {
                bell.RingCancel(id);
                return DatasetOutcome.Requested;
            }
            var changed = await _sql.WriteAsync(
                $"""
                UPDATE dataset_versions SET {(isHeld ? "cancel_requested = true, last_seq = last_seq + @n" : $"status = 'cancelled', {Ended}")}
                WHERE id = @id AND status = @status RETURNING {DatasetSql.Row}
                """,
                [isHeld ? Status(DatasetStatus.Ingesting, "somebody asked to cancel") : Status(DatasetStatus.Cancelled, "somebody asked for it")],
                Changed, ct, [("id", id), ("status", status)]);
            if (!Rang(changed))
                continue; // It changed hands between the statements: look again.
            if (isHeld)
                bell.RingCancel(id);
            return isHeld ? DatasetOutcome.Requested : DatasetOutcome.Done;
        }
    }

    /// <summary>Removes a version, unless a job that has not ended uses it. Its number is not given again.</summary>
    public Task<DatasetOutcome> DeleteAsync(string name, int version, CancellationToken ct) =>
        DeleteAsync("v.version = @version", "last_version >= @version", ct, ("name", name), ("version", version));

    /// <summary>Removes all versions, unless a job that has not ended uses one.</summary>
    public Task<DatasetOutcome> DeleteAsync(string name, CancellationToken ct) => DeleteAsync("true", "true", ct, ("name", name));

    private async Task<DatasetOutcome> DeleteAsync(string which, string existed, CancellationToken ct, params (string, object?)[] values)
    {
        var deleted = await _sql.ReadAsync(
            $"""
            DELETE FROM dataset_versions AS v
            WHERE name = @name AND {which} AND NOT EXISTS (SELECT FROM dataset_versions AS v WHERE v.name = @name AND {which} AND {InUse})
            RETURNING id
            """, Changed, ct, values);
        foreach (var id in deleted)
            bell.RingCancel(id);
        if (Rang(deleted))
            return DatasetOutcome.Done;
        var left = await _sql.ReadAsync(
            $"SELECT EXISTS (SELECT FROM dataset_versions AS v WHERE name = @name AND {which}) FROM datasets WHERE name = @name AND {existed}",
            row => row.GetBoolean(0), ct, values);
        return left is [var isThere] ? isThere ? DatasetOutcome.InUse : DatasetOutcome.NothingToDo : DatasetOutcome.NotFound;
    }

    /// <summary>The jobs that have not ended and use a version.</summary>
    public Task<IReadOnlyList<Guid>> ReadUsersAsync(string name, int? version, int limit, CancellationToken ct) => _sql.ReadAsync(
        $"""
        SELECT id FROM jobs WHERE status IN ('queued', 'running', 'paused') AND jsonb_path_exists(spec->'data', '$.**.dataset ? ({(version is null ? "@ starts with $pin" : "@ == $pin")})',
                                                                                              jsonb_build_object('pin', @pin::text))
        ORDER BY id LIMIT @limit
        """,
        Changed, ct, ("pin", version is null ? name + "@" : new DatasetReference(name, version).ToString()), ("limit", limit));

    /// <summary>Takes up ingests of lost workers, and finds those that nobody took.</summary>
    /// <param name="queuedFor">How long one may wait after it was last put on the queue.</param>
    /// <returns>Versions to put on the queue again; each at most once per <paramref name="queuedFor"/>.</returns>
    public async Task<IReadOnlyList<Guid>> SweepAsync(TimeSpan queuedFor, CancellationToken ct)
    {
        await TakeFromLostAsync($"status = 'cancelled', {Ended}", "cancel_requested", Status(DatasetStatus.Cancelled, "somebody asked for it"), null, ct);
        var error = Spent("its worker went away");
        await TakeFromLostAsync(
            $"status = 'failed', error = @error::jsonb, {Ended}", "NOT cancel_requested AND attempt - uncounted_attempts >= max_attempts",
            Status(DatasetStatus.Failed, error: error), error, ct);
        var lost = await TakeFromLostAsync(
            $"status = 'queued', offered_at = now(), {Released}", "NOT cancel_requested AND attempt - uncounted_attempts < max_attempts",
            Status(DatasetStatus.Queued, "worker lost"), null, ct);
        var untaken = await _sql.ReadAsync(
            """
            UPDATE dataset_versions SET offered_at = now()
            WHERE id = ANY (ARRAY(SELECT id FROM dataset_versions WHERE status = 'queued' AND offered_at < now() - @queued_for
                                  ORDER BY offered_at LIMIT @limit FOR UPDATE SKIP LOCKED))
            RETURNING id
            """, Changed, ct, ("queued_for", queuedFor), ("limit", SweepLimit));
        return [.. lost, .. untaken];
    }

    private async Task<IReadOnlyList<Guid>> TakeFromLostAsync(string change, string condition, NewEvent told, DatasetError? error, CancellationToken ct)
    {
        var taken = await _sql.WriteAsync(
            $"""
            UPDATE dataset_versions SET {change}
            WHERE id = ANY (ARRAY(SELECT id FROM dataset_versions WHERE status = 'ingesting' AND lease_expires_at < now() AND {condition}
                                  ORDER BY lease_expires_at LIMIT @limit FOR UPDATE SKIP LOCKED))
            RETURNING {DatasetSql.Row}
            """,
            [told], Changed, ct, [("limit", SweepLimit), ("error", error is null ? null : JsonText.Of(error))], also: [DropMade]);
        Rang(taken);
        return taken;
    }
}
