using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Storage;

namespace TrainingService.Domain.Jobs;

/// <summary>How a run begins and ends.</summary>
public sealed partial class JobStore
{
    private const string Released =
        "phase = NULL, lease_owner = NULL, claim_id = NULL, lease_expires_at = NULL, requested = NULL, requested_at = NULL, last_seq = last_seq + @n";

    private const string RunTime = "run_seconds = run_seconds + greatest(0, extract(epoch FROM now() - started_at))";

    /// <inheritdoc cref="TryClaimAsync(Guid, Guid, string, TimeSpan, CancellationToken)" />
    public Task<Claim?> TryClaimAsync(Guid jobId, string owner, TimeSpan lease, CancellationToken ct) =>
        TryClaimAsync(jobId, Guid.CreateVersion7(time.GetUtcNow()), owner, lease, ct);

    /// <summary>Takes a queued job whose time has come. At the limit of attempts it writes <c>failed</c>/<c>poison</c> instead.</summary>
    /// <param name="claimId">Names the claim: repeated with the same id while it holds the job, it gives the same claim.</param>
    /// <returns>Null when the job is not to be had: taken, paused, ended, unknown, poison, or not yet due.</returns>
    public async Task<Claim?> TryClaimAsync(Guid jobId, Guid claimId, string owner, TimeSpan lease, CancellationToken ct)
    {
        var claims = await _sql.WriteAsync(
            $"""
            UPDATE jobs SET status = 'running', phase = 'preparing', attempt = attempt + 1, lease_owner = @owner, claim_id = @claim, last_write = NULL,
                            lease_expires_at = clock_timestamp() + @lease, started_at = clock_timestamp(), not_before = NULL, max_pending_at = NULL,
                            epoch = coalesce(checkpoint_epoch, 0), metrics = CASE WHEN checkpoint_epoch > 0 THEN metrics END,
                            last_seq = last_seq + @n
            WHERE id = @id AND status = 'queued' AND attempt - uncounted_attempts < max_attempts
              AND (not_before IS NULL OR not_before <= now()) AND (max_pending_at IS NULL OR max_pending_at > now())
            RETURNING {JobSql.Row}, spec, run_seconds, requested
            """,
            also: "INSERT INTO job_attempts (job_id, attempt, owner, started_at) SELECT id, attempt, @owner, started_at FROM job",
            [JobEvents.Status(JobStatus.Running, JobPhase.Preparing, "taken by a worker")], ReadClaim, ct,
            ("id", jobId), ("claim", claimId), ("owner", owner), ("lease", lease));
        if (claims.Count > 0)
            bell.Ring(jobId);
        else
            claims = await _sql.ReadAsync(
                $"SELECT {JobSql.Row}, spec, run_seconds, requested FROM jobs WHERE id = @id AND status = 'running' AND claim_id = @claim",
                ReadClaim, ct, ("id", jobId), ("claim", claimId));
        if (claims is [var claim])
            return claim with { Checkpoints = await ReadCheckpointsAsync(jobId, ct) };
        await FailPoisonAsync(jobId, ct);
        return null;
    }

    /// <inheritdoc cref="TryFinishAsync(Guid, int, JobStatus, StopReason, JobError, int?, CancellationToken)" />
    public Task<bool> TryFinishAsync(Guid jobId, int attempt, JobStatus final, StopReason reason, JobError? error, CancellationToken ct) =>
        TryFinishAsync(jobId, attempt, final, reason, error, exitCode: null, ct);

    /// <summary>Ends the job. Repeated by its own attempt, it changes nothing and returns true.</summary>
    /// <returns>False when the lease is lost; nothing is written then.</returns>
    public async Task<bool> TryFinishAsync(
        Guid jobId, int attempt, JobStatus final, StopReason reason, JobError? error, int? exitCode, CancellationToken ct)
    {
        var outcome = final switch
        {
            JobStatus.Succeeded => AttemptOutcome.Succeeded,
            JobStatus.Failed => AttemptOutcome.Failed,
            JobStatus.Cancelled => AttemptOutcome.Cancelled,
            _ => throw new ArgumentOutOfRangeException(nameof(final), final, "expected a status in which a job has ended"),
        };
        return Rang(await _sql.WriteAsync(
                $"""
                UPDATE jobs SET status = @status, stop_reason = @reason, error = @error::jsonb, ended_at = now(), {RunTime}, {Released}
                WHERE {Held} RETURNING {JobSql.Row}
                """,
                Closing(), [JobEvents.Terminal(final, reason, error)], Changed, ct,
                [
                    ("id", jobId), ("attempt", attempt), ("status", final.ToText()), ("reason", reason.ToText()),
                    ("error", error is null ? null : JsonText.Of(error)), .. ClosingValues(outcome, exitCode, error),
                ]))
            || await ReadOwnEndAsync(jobId, attempt, ct) is { } end && end.Outcome == outcome;
    }

    /// <summary>Ends an attempt that stopped because somebody asked to pause: paused, or as <see cref="TryHandBackAsync"/> when the wish has changed since.</summary>
    public Task<Settled> TryPauseAsync(Guid jobId, int attempt, CancellationToken ct) =>
        TryHandBackAsync(jobId, attempt, new HandBack("it stopped to be paused", CountAttempt: false), ct);

    /// <summary>
    /// Gives the job back: for another worker, or as what somebody asked for meanwhile, or failed when its attempts are spent.
    /// Repeated by its own attempt, it changes nothing and gives the same answer.
    /// </summary>
    public async Task<Settled> TryHandBackAsync(Guid jobId, int attempt, HandBack handBack, CancellationToken ct)
    {
        while (true)
        {
            var held = await _sql.ReadAsync(
                $"SELECT requested, uncounted_attempts, max_attempts FROM jobs WHERE {Held}",
                row => (Requested: row.IsDBNull(0) ? null : row.GetString(0), Uncounted: row.GetInt32(1), Most: row.GetInt32(2)), ct,
                ("id", jobId), ("attempt", attempt));
            if (held is not [var job])
                return await ReadSettledAsync(jobId, attempt, handBack, ct);
            var counted = attempt - job.Uncounted;
            var after = JobRules.AfterRun(job.Requested, handBack.CountAttempt && JobRules.IsSpent(attempt, job.Uncounted, job.Most));
            if (Rang(await GiveBackAsync(jobId, attempt, handBack, job.Requested, counted, after, ct)))
                return after == JobStatus.Queued ? SettledQueued(DelayOf(handBack, counted)) : SettledAs(after);
            // Somebody asked for something between the statements: look again.
        }
    }

    private Task<IReadOnlyList<Guid>> GiveBackAsync(
        Guid jobId, int attempt, HandBack handBack, string? requested, int counted, JobStatus after, CancellationToken ct)
    {
        var (change, told, outcome) = After(handBack, counted, after);
        var delay = after == JobStatus.Queued ? DelayOf(handBack, counted) : TimeSpan.Zero;
        return _sql.WriteAsync(
            $"""
            UPDATE jobs SET {change}, uncounted_attempts = uncounted_attempts + @uncounted, last_error = coalesce(@attempt_error::jsonb, last_error),
                            {RunTime}, {Released}
            WHERE {Held} AND requested IS NOT DISTINCT FROM @requested RETURNING {JobSql.Row}
            """,
            Closing(), [told], Changed, ct,
            [
                ("id", jobId), ("attempt", attempt), ("requested", requested), ("uncounted", handBack.CountAttempt ? 0 : 1),
                ("delay", delay > TimeSpan.Zero ? delay : null), .. FailureValues(after, handBack, counted),
                .. ClosingValues(outcome, handBack.ExitCode, handBack.Error),
            ]);
    }

    private static (string Change, NewEvent Told, AttemptOutcome Outcome) After(HandBack handBack, int counted, JobStatus after) => after switch
    {
        JobStatus.Cancelled => (Cancelled, JobEvents.Terminal(after, StopReason.UserRequest), Wished(handBack, AttemptOutcome.Cancelled)),
        JobStatus.Paused => (Paused, JobEvents.Status(after, reason: "somebody asked to pause"), Wished(handBack, AttemptOutcome.Paused)),
        JobStatus.Failed => (Failed, JobEvents.Terminal(after, ReasonOf(handBack), Spent(handBack, counted)), handBack.Outcome),
        _ => (
            "status = 'queued', lane = 0, offered_at = now(), not_before = now() + @delay::interval",
            JobEvents.Status(JobStatus.Queued, reason: handBack.Reason), handBack.Outcome),
    };

    private static (string, object?)[] FailureValues(JobStatus after, HandBack handBack, int counted) => after == JobStatus.Failed
        ? [("reason", ReasonOf(handBack).ToText()), ("error", JsonText.Of(Spent(handBack, counted)))]
        : [];

    /// <summary>What ends in good order ends as what was asked for; a death stays a death.</summary>
    private static AttemptOutcome Wished(HandBack handBack, AttemptOutcome wish) =>
        handBack.Outcome == AttemptOutcome.HandedBack ? wish : handBack.Outcome;

    private static StopReason ReasonOf(HandBack handBack) =>
        handBack.AtLimit ?? (handBack.Outcome == AttemptOutcome.Stalled ? StopReason.Stalled : StopReason.Poison);

    private static JobError Spent(HandBack handBack, int counted) => Spent(ReasonOf(handBack), counted, handBack.Error ?? new JobError("", handBack.Reason));

    private static JobError Spent(StopReason reason, int counted, JobError? last) => new(
        reason.ToText(), $"The job ended its run {counted} times without a result. {last?.Message}".TrimEnd(),
        last?.Hint ?? "Look at the log of the last attempt, change the job and submit it again.");

    private TimeSpan DelayOf(HandBack handBack, int counted) =>
        handBack.Delay ?? (handBack.CountAttempt ? options.Value.RetryDelay(counted) : TimeSpan.Zero);

    private static Settled SettledQueued(TimeSpan delay) => delay > TimeSpan.Zero ? Settled.Delayed : Settled.Queued;

    private static Settled SettledAs(JobStatus status) => status switch
    {
        JobStatus.Paused => Settled.Paused,
        JobStatus.Cancelled => Settled.Cancelled,
        _ => Settled.Failed,
    };

    /// <summary>The answer of a hand-back that was applied already.</summary>
    private async Task<Settled> ReadSettledAsync(Guid jobId, int attempt, HandBack handBack, CancellationToken ct) =>
        await ReadOwnEndAsync(jobId, attempt, ct) switch
        {
            null => Settled.Lost,
            { Outcome: AttemptOutcome.Cancelled } => Settled.Cancelled,
            { Outcome: AttemptOutcome.Paused } => Settled.Paused,
            var end when end.Outcome != handBack.Outcome => Settled.Lost,
            { IsLatest: true, Status: not (JobStatus.Queued or JobStatus.Running) } end => SettledAs(end.Status),
            var end => end.IsLatest && end.IsDelayed ? Settled.Delayed : Settled.Queued,
        };

    /// <summary>How an attempt ended itself; null when it did not, or somebody else ended it.</summary>
    private async Task<OwnEnd?> ReadOwnEndAsync(Guid jobId, int attempt, CancellationToken ct)
    {
        var ends = await _sql.ReadAsync(
            """
            SELECT outcome, status, jobs.attempt = @attempt, not_before IS NOT NULL FROM job_attempts JOIN jobs ON jobs.id = job_id
            WHERE job_id = @id AND job_attempts.attempt = @attempt AND job_attempts.ended_at IS NOT NULL AND fenced_at IS NULL
            """,
            row => new OwnEnd(EnumText.Parse<AttemptOutcome>(row.GetString(0)), EnumText.Parse<JobStatus>(row.GetString(1)), row.GetBoolean(2), row.GetBoolean(3)),
            ct, ("id", jobId), ("attempt", attempt));
        return ends is [var end] ? end : null;
    }

    private static Claim ReadClaim(System.Data.Common.DbDataReader row) => new(
        row.GetGuid(0), row.GetInt32(1), JobSql.Json<JobSpec>(row, "spec"),
        row.IsDBNull(row.GetOrdinal("requested")) ? null : row.GetString(row.GetOrdinal("requested")), row.GetDouble(row.GetOrdinal("run_seconds")));

    private sealed record OwnEnd(AttemptOutcome Outcome, JobStatus Status, bool IsLatest, bool IsDelayed);
}
