using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Queue;
using TrainingService.Domain.Storage;

namespace TrainingService.Domain.Jobs;

/// <summary>What people do with a job. Doing it again changes nothing.</summary>
public sealed partial class JobStore
{
    private const string Cancelled = "status = 'cancelled', stop_reason = 'user_request', ended_at = now(), paused_at = NULL, not_before = NULL, max_pending_at = NULL";
    private const string Paused = "status = 'paused', paused_at = now(), not_before = NULL, max_pending_at = NULL";
    private const string Failed = "status = 'failed', stop_reason = @reason, error = @error::jsonb, ended_at = now(), not_before = NULL, max_pending_at = NULL";

    // The time that it may wait for its first worker begins anew.
    private const string Resumed =
        """
        status = 'queued', lane = 0, offered_at = now(), paused_at = NULL,
        max_pending_at = CASE WHEN attempt = 0 THEN now() + make_interval(secs => (spec #>> '{stopping,max_pending_seconds}')::double precision) END
        """;

    /// <summary>Cancels a job that does not run at once, or tells the worker of a running one.</summary>
    public Task<VerbResult> CancelAsync(Guid jobId, CancellationToken ct) => ApplyAsync(jobId, JobRules.Cancel, ct);

    /// <summary>Pauses a queued job at once, or tells the worker of a running one.</summary>
    public Task<VerbResult> PauseAsync(Guid jobId, CancellationToken ct) => ApplyAsync(jobId, JobRules.Pause, ct);

    /// <summary>Puts a paused job before the new ones of its queue, or takes back the wish to pause.</summary>
    public Task<VerbResult> ResumeAsync(Guid jobId, CancellationToken ct) => ApplyAsync(jobId, JobRules.Resume, ct);

    /// <summary>Lists leave a job out that has ended.</summary>
    public async Task<VerbResult> ArchiveAsync(Guid jobId, CancellationToken ct)
    {
        var archived = await _sql.ReadAsync(
            "UPDATE jobs SET archived_at = now() WHERE id = @id AND archived_at IS NULL AND status IN ('succeeded', 'failed', 'cancelled') RETURNING status",
            row => EnumText.Parse<JobStatus>(row.GetString(0)), ct, ("id", jobId));
        if (archived is [var status])
            return new VerbResult(VerbOutcome.Done, status);
        return await ReadStateAsync(jobId, ct) is { } job
            ? new VerbResult(job.Status.IsTerminal() ? VerbOutcome.NothingToDo : VerbOutcome.Conflict, job.Status, job.Requested)
            : new VerbResult(VerbOutcome.NotFound);
    }

    /// <summary>Lists show it again.</summary>
    public async Task<VerbResult> UnarchiveAsync(Guid jobId, CancellationToken ct)
    {
        var shown = await _sql.ReadAsync(
            "UPDATE jobs SET archived_at = NULL WHERE id = @id AND archived_at IS NOT NULL RETURNING status",
            row => EnumText.Parse<JobStatus>(row.GetString(0)), ct, ("id", jobId));
        if (shown is [var status])
            return new VerbResult(VerbOutcome.Done, status);
        return await ReadStateAsync(jobId, ct) is { } job
            ? new VerbResult(VerbOutcome.NothingToDo, job.Status, job.Requested)
            : new VerbResult(VerbOutcome.NotFound);
    }

    /// <summary>Removes a job, wherever it stands, with its events, attempts, files and checkpoints. Its worker finds the lease lost.</summary>
    public async Task<VerbResult> DeleteAsync(Guid jobId, CancellationToken ct)
    {
        var deleted = await _sql.ReadAsync(
            """
            WITH job AS (DELETE FROM jobs WHERE id = @id RETURNING id)
            INSERT INTO deleted_jobs (id, deleted_at) SELECT id, now() FROM job ON CONFLICT (id) DO NOTHING RETURNING id
            """,
            Changed, ct, ("id", jobId));
        if (deleted.Count > 0)
        {
            bell.Ring(jobId);
            bell.RingCancel(jobId);
            return new VerbResult(VerbOutcome.Done);
        }
        return (await _sql.ReadAsync("SELECT id FROM deleted_jobs WHERE id = @id", Changed, ct, ("id", jobId))).Count > 0
            ? new VerbResult(VerbOutcome.NothingToDo)
            : new VerbResult(VerbOutcome.NotFound);
    }

    private async Task<VerbResult> ApplyAsync(Guid jobId, Func<JobRules.State, JobRules.Step> verb, CancellationToken ct)
    {
        while (await ReadStateAsync(jobId, ct) is { } from)
        {
            var step = verb(from);
            if (step.To is not { } to)
            {
                if (step.Outcome == VerbOutcome.Requested)
                    bell.RingCancel(jobId);
                return new VerbResult(step.Outcome, from.Status, from.Requested);
            }
            if (await TryMoveAsync(jobId, from, to, ct) is { } offer)
                return new VerbResult(step.Outcome, to.Status, to.Requested, to.Status == JobStatus.Queued ? offer : null);
            // It changed hands between the statements: look again.
        }
        return new VerbResult(VerbOutcome.NotFound);
    }

    /// <returns>Null when the job does not stand there any more.</returns>
    private async Task<Offer?> TryMoveAsync(Guid jobId, JobRules.State from, JobRules.State to, CancellationToken ct)
    {
        var (change, told) = (from.Status, to.Status) switch
        {
            (_, JobStatus.Cancelled) => (Cancelled, JobEvents.Terminal(JobStatus.Cancelled, StopReason.UserRequest)),
            (_, JobStatus.Paused) => (Paused, JobEvents.Status(JobStatus.Paused, reason: "somebody paused it")),
            (_, JobStatus.Queued) => (Resumed, JobEvents.Status(JobStatus.Queued, reason: "somebody resumed it")),
            _ => ("requested_at = CASE WHEN @to_requested::text IS NULL THEN NULL ELSE now() END", Wish(to.Requested)),
        };
        var moved = await _sql.WriteAsync(
            $"""
            UPDATE jobs SET {change}, requested = @to_requested, last_seq = last_seq + @n
            WHERE id = @id AND status = @from AND requested IS NOT DISTINCT FROM @requested RETURNING {JobSql.Row}, queue, lane
            """,
            [told], Offered, ct,
            ("id", jobId), ("from", from.Status.ToText()), ("requested", from.Requested), ("to_requested", to.Requested));
        if (moved is not [var offer])
            return null;
        bell.Ring(jobId);
        if (from.Status == JobStatus.Running)
            bell.RingCancel(jobId);
        return offer;
    }

    private static NewEvent Wish(string? requested) => JobEvents.Status(
        JobStatus.Running, reason: requested is null ? "somebody took the wish to pause back" : $"somebody asked to {requested}", requested: requested);

    private async Task<JobRules.State?> ReadStateAsync(Guid jobId, CancellationToken ct)
    {
        var found = await _sql.ReadAsync(
            "SELECT status, requested FROM jobs WHERE id = @id",
            row => new JobRules.State(EnumText.Parse<JobStatus>(row.GetString(0)), row.IsDBNull(1) ? null : row.GetString(1)), ct, ("id", jobId));
        return found is [var state] ? state : null;
    }
}
