using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Storage;

namespace TrainingService.Domain.Jobs;

/// <summary>What may happen to a job from outside its run: a wish to cancel, a lost worker, spent attempts.</summary>
public sealed partial class JobStore
{
    private const int SweepLimit = 1_000;

    /// <summary>Cancels a queued job at once, or tells the worker of a running one. Asking again changes nothing.</summary>
    public async Task<CancelOutcome> RequestCancelAsync(Guid jobId, CancellationToken ct)
    {
        while (true)
        {
            if (Rang(await _sql.WriteAsync(
                """
                UPDATE jobs SET status = 'cancelled', stop_reason = 'user_request', ended_at = now(), last_seq = last_seq + @n
                WHERE id = @id AND status = 'queued' RETURNING id, attempt, last_seq
                """,
                [JobEvents.Terminal(JobStatus.Cancelled, StopReason.UserRequest)], Changed, ct, ("id", jobId))))
                return CancelOutcome.Cancelled;

            if (await TryMarkCancelAsync(jobId, ct))
                return CancelOutcome.Requested;

            var found = await _sql.ReadAsync(
                "SELECT status, cancel_requested FROM jobs WHERE id = @id",
                row => (Status: EnumText.Parse<JobStatus>(row.GetString(0)), Requested: row.GetBoolean(1)), ct, ("id", jobId));
            switch (found)
            {
                case []:
                    return CancelOutcome.NotFound;
                case [{ Status: JobStatus.Running, Requested: true }]:
                    bell.RingCancel(jobId);
                    return CancelOutcome.Requested;
                case [var (status, _)] when status.IsTerminal():
                    return CancelOutcome.AlreadyEnded;
            }
            // It changed hands between the statements: look again.
        }
    }

    /// <summary>Hands jobs of lost workers to others and finds queued jobs that nobody took.</summary>
    /// <param name="queuedFor">How long a job may wait after it was last put on the queue.</param>
    /// <returns>Jobs to put on the queue again; each at most once per <paramref name="queuedFor"/>.</returns>
    public async Task<IReadOnlyList<Guid>> SweepAsync(TimeSpan queuedFor, CancellationToken ct)
    {
        Rang(await _sql.WriteAsync(
            $"""
            UPDATE jobs SET status = 'cancelled', stop_reason = 'user_request', ended_at = now(), {Released}
            WHERE id = ANY (ARRAY({Expired("cancel_requested")})) RETURNING id, attempt, last_seq
            """,
            [JobEvents.Terminal(JobStatus.Cancelled, StopReason.UserRequest)], Changed, ct, ("limit", SweepLimit)));

        var lost = await _sql.WriteAsync(
            $"""
            UPDATE jobs SET status = 'queued', offered_at = now(), last_error = @error::jsonb, {Released}
            WHERE id = ANY (ARRAY({Expired("NOT cancel_requested")})) RETURNING id, attempt, last_seq
            """,
            [JobEvents.Status(JobStatus.Queued, reason: "worker lost")], Changed, ct,
            ("limit", SweepLimit), ("error", JsonText.Of(new JobError(StopReason.WorkerLost.ToText(), "The worker went away during the run."))));
        Rang(lost);

        var untaken = await _sql.ReadAsync(
            """
            UPDATE jobs SET offered_at = now()
            WHERE id = ANY (ARRAY(SELECT id FROM jobs WHERE status = 'queued' AND offered_at < now() - @queued_for
                                  ORDER BY offered_at LIMIT @limit FOR UPDATE SKIP LOCKED))
            RETURNING id
            """,
            Changed, ct, ("queued_for", queuedFor), ("limit", SweepLimit));
        return [.. lost, .. untaken];
    }

    private static string Expired(string condition) =>
        $"""
        SELECT id FROM jobs WHERE status = 'running' AND lease_expires_at < now() AND {condition}
        ORDER BY lease_expires_at LIMIT @limit FOR UPDATE SKIP LOCKED
        """;

    private async Task<bool> TryMarkCancelAsync(Guid jobId, CancellationToken ct)
    {
        var marked = Rang(await _sql.WriteAsync(
            """
            UPDATE jobs SET cancel_requested = true, last_seq = last_seq + @n
            WHERE id = @id AND status = 'running' AND NOT cancel_requested RETURNING id, attempt, last_seq
            """,
            [JobEvents.Status(JobStatus.Running, reason: "somebody asked to cancel", requested: "cancel")], Changed, ct, ("id", jobId)));
        if (marked)
            bell.RingCancel(jobId);
        return marked;
    }

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
        var error = new JobError(
            StopReason.Poison.ToText(),
            $"The job ended its run {counted} times without a result. {last?.Message}".TrimEnd(),
            last?.Hint ?? "Look at the log of the last attempt, change the job and submit it again.");
        Rang(await _sql.WriteAsync(
            """
            UPDATE jobs SET status = 'failed', stop_reason = 'poison', error = @error::jsonb, ended_at = now(), last_seq = last_seq + @n
            WHERE id = @id AND status = 'queued' AND attempt = @attempt RETURNING id, attempt, last_seq
            """,
            [JobEvents.Terminal(JobStatus.Failed, StopReason.Poison, error)], Changed, ct,
            ("id", jobId), ("attempt", attempt), ("error", JsonText.Of(error))));
    }
}
