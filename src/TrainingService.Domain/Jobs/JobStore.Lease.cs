using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Storage;

namespace TrainingService.Domain.Jobs;

/// <summary>What the holder of a lease does. Every write is fenced: job, attempt and status <c>running</c> stand in the <c>WHERE</c>.</summary>
public sealed partial class JobStore
{
    private const string Held = "jobs.id = @id AND attempt = @attempt AND status = 'running'";
    private const string Released = "phase = NULL, lease_owner = NULL, lease_expires_at = NULL, last_seq = last_seq + @n";

    /// <summary>Takes a queued job. At the limit of attempts it writes <c>failed</c>/<c>poison</c> instead.</summary>
    /// <returns>Null when the job is not to be had: taken, ended, unknown, or poison.</returns>
    public async Task<Claim?> TryClaimAsync(Guid jobId, string owner, TimeSpan lease, CancellationToken ct)
    {
        var claims = await _sql.WriteAsync(
            """
            UPDATE jobs SET status = 'running', phase = 'preparing', attempt = attempt + 1, lease_owner = @owner,
                            lease_expires_at = now() + @lease, started_at = now(), epoch = 0, metrics = NULL, last_seq = last_seq + @n
            WHERE id = @id AND status = 'queued' AND attempt - uncounted_attempts < max_attempts
            RETURNING id, attempt, last_seq, spec, cancel_requested
            """,
            [JobEvents.Status(JobStatus.Running, JobPhase.Preparing, "taken by a worker")],
            row => new Claim(jobId, row.GetInt32(1), JobSql.Json<JobSpec>(row, "spec"), row.GetBoolean(4)), ct,
            ("id", jobId), ("owner", owner), ("lease", lease));
        if (claims is [var claim])
        {
            bell.Ring(jobId);
            return claim;
        }
        await FailPoisonAsync(jobId, ct);
        return null;
    }

    /// <summary>Extends the lease.</summary>
    public async Task<LeaseState> RenewAsync(Guid jobId, int attempt, TimeSpan lease, CancellationToken ct)
    {
        var states = await _sql.ReadAsync(
            $"UPDATE jobs SET lease_expires_at = now() + @lease WHERE {Held} RETURNING cancel_requested",
            row => new LeaseState(Held: true, CancelRequested: row.GetBoolean(0)), ct,
            ("id", jobId), ("attempt", attempt), ("lease", lease));
        return states is [var state] ? state : new LeaseState(Held: false, CancelRequested: false);
    }

    /// <summary>Adds events and changes the row with them.</summary>
    /// <returns>False when the lease is lost; nothing is written then.</returns>
    public Task<bool> TryAppendAsync(Guid jobId, int attempt, IReadOnlyList<NewEvent> events, JobUpdate? update, CancellationToken ct) =>
        TryAppendAsync(jobId, attempt, Guid.CreateVersion7(time.GetUtcNow()), events, update, ct);

    /// <summary>As the other one, for a writer that repeats a write whose answer it did not get.</summary>
    /// <param name="writeId">Names the write: repeated with the same id before any other, it changes nothing and returns true.</param>
    public async Task<bool> TryAppendAsync(
        Guid jobId, int attempt, Guid writeId, IReadOnlyList<NewEvent> events, JobUpdate? update, CancellationToken ct)
    {
        var changed = await _sql.WriteAsync(
            $"""
            UPDATE jobs SET phase = coalesce(@phase, phase), epoch = coalesce(@epoch, epoch), last_write = @write,
                            metrics = CASE WHEN @metrics::jsonb IS NULL THEN metrics ELSE coalesce(metrics, '{"{}"}') || @metrics::jsonb END,
                            last_seq = last_seq + @n
            WHERE {Held} AND last_write IS DISTINCT FROM @write
            RETURNING id, attempt, last_seq
            """,
            events, Changed, ct,
            ("id", jobId), ("attempt", attempt), ("write", writeId), ("phase", update?.Phase?.ToText()), ("epoch", update?.Epoch),
            ("metrics", update?.Metrics is { } metrics ? JsonText.Of(Finite(metrics)) : null));
        return Rang(changed) || (await _sql.ReadAsync(
            $"SELECT id FROM jobs WHERE {Held} AND last_write = @write", Changed, ct,
            ("id", jobId), ("attempt", attempt), ("write", writeId))).Count > 0;
    }

    /// <summary>Adds a file, or puts it in the place of the one with its name. The bytes are in the artifact store already.</summary>
    /// <returns>False when the lease is lost; nothing is written then.</returns>
    public async Task<bool> TryAddArtifactAsync(Guid jobId, int attempt, Artifact artifact, CancellationToken ct)
    {
        var changed = await _sql.WriteAsync(
            $"UPDATE jobs SET last_seq = last_seq + @n WHERE {Held} RETURNING id, attempt, last_seq",
            also: """
            INSERT INTO artifacts (job_id, name, attempt, kind, media_type, size_bytes, sha256, created_at)
            SELECT id, @name, attempt, @kind, @media_type, @size, @sha256, now() FROM job
            ON CONFLICT (job_id, name) DO UPDATE
            SET attempt = excluded.attempt, kind = excluded.kind, media_type = excluded.media_type,
                size_bytes = excluded.size_bytes, sha256 = excluded.sha256, created_at = excluded.created_at
            """,
            [JobEvents.Stored(artifact)], Changed, ct,
            ("id", jobId), ("attempt", attempt), ("name", artifact.Name), ("kind", artifact.Kind), ("media_type", artifact.MediaType),
            ("size", artifact.SizeBytes), ("sha256", artifact.Sha256));
        return Rang(changed);
    }

    /// <summary>Ends the job.</summary>
    /// <returns>False when the lease is lost; nothing is written then.</returns>
    public async Task<bool> TryFinishAsync(Guid jobId, int attempt, JobStatus final, StopReason reason, JobError? error, CancellationToken ct)
    {
        if (!final.IsTerminal())
            throw new ArgumentOutOfRangeException(nameof(final), final, "expected a status in which a job has ended");
        return Rang(await _sql.WriteAsync(
            $"""
            UPDATE jobs SET status = @status, stop_reason = @reason, error = @error::jsonb, ended_at = now(), {Released}
            WHERE {Held} RETURNING id, attempt, last_seq
            """,
            [JobEvents.Terminal(final, reason, error)], Changed, ct,
            ("id", jobId), ("attempt", attempt), ("status", final.ToText()), ("reason", reason.ToText()),
            ("error", error is null ? null : JsonText.Of(error))));
    }

    /// <summary>Puts the job back for another worker; a job that somebody wants cancelled ends as cancelled instead.</summary>
    /// <param name="reason">For people.</param>
    /// <param name="countAttempt">Whether the attempt counts against the limit; not when the worker stops in good order.</param>
    /// <param name="lastError">What ended the attempt.</param>
    /// <returns>False when the lease is lost; nothing is written then.</returns>
    public async Task<bool> TryHandBackAsync(
        Guid jobId, int attempt, string reason, bool countAttempt, JobError? lastError, CancellationToken ct)
    {
        var back = await _sql.WriteAsync(
            $"""
            UPDATE jobs SET status = 'queued', offered_at = now(), uncounted_attempts = uncounted_attempts + @uncounted,
                            last_error = coalesce(@error::jsonb, last_error), {Released}
            WHERE {Held} AND NOT cancel_requested RETURNING id, attempt, last_seq
            """,
            [JobEvents.Status(JobStatus.Queued, reason: reason)], Changed, ct,
            ("id", jobId), ("attempt", attempt), ("uncounted", countAttempt ? 0 : 1), ("error", lastError is null ? null : JsonText.Of(lastError)));
        return Rang(back) || await TryFinishCancelledAsync(jobId, attempt, ct);
    }

    private async Task<bool> TryFinishCancelledAsync(Guid jobId, int attempt, CancellationToken ct) =>
        Rang(await _sql.WriteAsync(
            $"""
            UPDATE jobs SET status = 'cancelled', stop_reason = 'user_request', ended_at = now(), {Released}
            WHERE {Held} AND cancel_requested RETURNING id, attempt, last_seq
            """,
            [JobEvents.Terminal(JobStatus.Cancelled, StopReason.UserRequest)], Changed, ct, ("id", jobId), ("attempt", attempt)));

    private static Dictionary<string, double?> Finite(IReadOnlyDictionary<string, double?> metrics) =>
        metrics.ToDictionary(pair => pair.Key, pair => pair.Value is { } value && double.IsFinite(value) ? value : (double?)null);
}
