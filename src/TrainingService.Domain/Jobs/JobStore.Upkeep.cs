using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Queue;
using TrainingService.Domain.Storage;

namespace TrainingService.Domain.Jobs;

/// <summary>What time does to jobs: lost workers, pauses that are over, waits that were too long, spent attempts.</summary>
public sealed partial class JobStore
{
    private const int SweepLimit = 1_000;

    // A lost worker ran until its last sign of life at least; how much longer nobody knows.
    private const string LostRunTime =
        "run_seconds = run_seconds + greatest(0, extract(epoch FROM least(now(), lease_expires_at) - started_at))";

    /// <summary>
    /// Hands jobs of lost workers to others, ends those that waited too long for their first worker, and finds those whose time has come or
    /// that nobody took from a queue of the caller's. Who serves other queues finds what is forgotten there: to offer it from here, where
    /// nobody takes it, would pile up offers.
    /// </summary>
    /// <param name="queuedFor">How long a job may wait after it was last put on the queue.</param>
    /// <param name="queues">Those that the caller serves.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Jobs to put on the queue again; each at most once per <paramref name="queuedFor"/>.</returns>
    public async Task<IReadOnlyList<Offer>> SweepAsync(TimeSpan queuedFor, IReadOnlyList<string> queues, CancellationToken ct)
    {
        await TakeFromLostAsync(JobRequests.Cancel, Cancelled, JobEvents.Terminal(JobStatus.Cancelled, StopReason.UserRequest), ct);
        await TakeFromLostAsync(JobRequests.Pause, Paused, JobEvents.Status(JobStatus.Paused, reason: "worker lost; somebody had asked to pause"), ct);
        var lost = await TakeFromLostAsync(
            null, "status = 'queued', lane = 0, offered_at = now(), not_before = NULL", JobEvents.Status(JobStatus.Queued, reason: "worker lost"), ct);
        await FailPendingAsync(ct);
        var due = await OfferAsync("not_before <= now()", "not_before", ct);
        var untaken = await OfferAsync(
            "not_before IS NULL AND queue = ANY (@queues) AND offered_at < now() - @queued_for", "offered_at", ct,
            ("queued_for", queuedFor), ("queues", queues.ToArray()));
        return [.. lost, .. due, .. untaken];
    }

    private async Task<IReadOnlyList<Offer>> TakeFromLostAsync(string? requested, string change, NewEvent told, CancellationToken ct)
    {
        var error = new JobError(StopReason.WorkerLost.ToText(), "The worker went away during the run.");
        var taken = await _sql.WriteAsync(
            $"""
            UPDATE jobs SET {change}, last_error = @attempt_error::jsonb, {LostRunTime}, {Released}
            WHERE id = ANY (ARRAY(SELECT id FROM jobs WHERE status = 'running' AND lease_expires_at < now() AND requested IS NOT DISTINCT FROM @requested
                                  ORDER BY lease_expires_at LIMIT @limit FOR UPDATE SKIP LOCKED))
            RETURNING {JobSql.Row}, queue, lane
            """,
            Closing(fenced: true), [told], Offered, ct,
            [("limit", SweepLimit), ("requested", requested), .. ClosingValues(AttemptOutcome.Lost, error: error)]);
        Rang([.. taken.Select(offer => offer.JobId)]);
        return taken;
    }

    private async Task FailPendingAsync(CancellationToken ct)
    {
        var error = new JobError(
            StopReason.MaxPending.ToText(), "No worker took the job within stopping.max_pending_seconds.",
            "Look whether a worker serves its queue (GET /v1/workers), or allow more time.");
        Rang(await _sql.WriteAsync(
            $"""
            UPDATE jobs SET {Failed}, last_seq = last_seq + @n
            WHERE id = ANY (ARRAY(SELECT id FROM jobs WHERE status = 'queued' AND max_pending_at <= now()
                                  ORDER BY max_pending_at LIMIT @limit FOR UPDATE SKIP LOCKED))
            RETURNING {JobSql.Row}
            """,
            [JobEvents.Terminal(JobStatus.Failed, StopReason.MaxPending, error)], Changed, ct,
            ("limit", SweepLimit), ("reason", StopReason.MaxPending.ToText()), ("error", JsonText.Of(error))));
    }

    private Task<IReadOnlyList<Offer>> OfferAsync(string condition, string order, CancellationToken ct, params (string, object?)[] values) => _sql.ReadAsync(
        $"""
        UPDATE jobs SET offered_at = now(), not_before = NULL
        WHERE id = ANY (ARRAY(SELECT id FROM jobs WHERE status = 'queued' AND {condition} ORDER BY {order} LIMIT @limit FOR UPDATE SKIP LOCKED))
        RETURNING id, queue, lane
        """,
        Offered, ct, [("limit", SweepLimit), .. values]);

    /// <summary>Ends a queued job whose attempts are spent.</summary>
    private async Task FailPoisonAsync(Guid jobId, CancellationToken ct)
    {
        var spent = await _sql.ReadAsync(
            """
            SELECT attempt, attempt - uncounted_attempts, last_error FROM jobs
            WHERE id = @id AND status = 'queued' AND attempt - uncounted_attempts >= max_attempts
            """,
            row => (Attempt: row.GetInt32(0), Counted: row.GetInt32(1), Last: row.IsDBNull(2) ? null : JobSql.Json<JobError>(row, "last_error")),
            ct, ("id", jobId));
        if (spent is not [var (attempt, counted, last)])
            return;
        var error = Spent(StopReason.Poison, counted, last);
        Rang(await _sql.WriteAsync(
            $"""
            UPDATE jobs SET {Failed}, last_seq = last_seq + @n
            WHERE id = @id AND status = 'queued' AND attempt = @attempt RETURNING {JobSql.Row}
            """,
            [JobEvents.Terminal(JobStatus.Failed, StopReason.Poison, error)], Changed, ct,
            ("id", jobId), ("attempt", attempt), ("reason", StopReason.Poison.ToText()), ("error", JsonText.Of(error))));
    }
}
