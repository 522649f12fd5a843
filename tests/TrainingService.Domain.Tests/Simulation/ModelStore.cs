using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Queue;

namespace TrainingService.Domain.Tests.Simulation;

/// <summary>
/// The store without a database: the same decisions (<see cref="JobRules"/>) on objects in memory, under a clock that the test turns.
/// A conformance test holds it against the real one.
/// </summary>
internal sealed partial class ModelStore(SimulatedClock clock, JobOptions options, Mutant mutant = Mutant.None)
{
    public const int KeepLatest = 2;
    public const int KeepBest = 1;

    private readonly HashSet<Guid> _deleted = [];

    public Dictionary<Guid, ModelJob> Jobs { get; } = [];

    private TimeSpan Now => clock.Now;

    public ModelJob Add(Guid id, int maxAttempts, TimeSpan? maxPending, QueueLane lane = QueueLane.Normal)
    {
        var job = Jobs[id] = new ModelJob
        {
            Id = id, MaxAttempts = maxAttempts, PriorityLane = lane, Lane = lane, MaxPending = maxPending, MaxPendingAt = Now + maxPending, OfferedAt = Now,
        };
        Tell(job, "queued");
        return job;
    }

    public ModelClaim? TryClaim(Guid id, Guid claimId, TimeSpan lease)
    {
        if (!Jobs.TryGetValue(id, out var job))
            return null;
        if (job.Status == JobStatus.Running && job.ClaimId == claimId)
            return ClaimOf(job);
        if (job.Status != JobStatus.Queued)
            return null;
        if (mutant != Mutant.NoLimit && JobRules.IsSpent(job.Attempt, job.Uncounted, job.MaxAttempts))
        {
            End(job, JobStatus.Failed, StopReason.Poison);
            return null;
        }
        if (job.NotBefore > Now || job.MaxPendingAt <= Now)
            return null;
        (job.Status, job.Attempt, job.ClaimId, job.LeaseUntil) = (JobStatus.Running, job.Attempt + 1, claimId, Now + lease);
        (job.NotBefore, job.MaxPendingAt, job.LastWrite) = (null, null, null);
        job.Epoch = job.Checkpoints.Count == 0 ? 0 : job.Checkpoints.Last().Value.Epoch;
        job.Attempts[job.Attempt] = new ModelAttempt { StartedAt = Now };
        Tell(job, "running");
        return ClaimOf(job);
    }

    public LeaseState Renew(Guid id, int attempt, TimeSpan lease)
    {
        if (Held(id, attempt) is not { } job)
            return new LeaseState(Held: false);
        job.LeaseUntil = Now + lease;
        return new LeaseState(Held: true, job.Requested);
    }

    public bool TryAppend(Guid id, int attempt, object write, int epoch) => TryWrite(id, attempt, write, "log", job => job.Epoch = epoch);

    public bool TryAddArtifact(Guid id, int attempt, string name, string sha256) =>
        TryWrite(id, attempt, ("artifact", name, sha256), "artifact", job => job.Artifacts[name] = (attempt, sha256));

    public bool TryAddCheckpoint(Guid id, int attempt, long number, int epoch, bool isBest, string sha256) =>
        TryWrite(id, attempt, ("checkpoint", number, sha256), "checkpoint", job =>
        {
            var before = job.Checkpoints.Where(c => c.Key != number).Reverse().ToList();
            var kept = before.Take(KeepLatest - 1).Concat(before.Where(c => c.Value.IsBest).Take(Math.Max(0, KeepBest - (isBest ? 1 : 0)))).ToList();
            job.Checkpoints.Clear();
            foreach (var (key, checkpoint) in kept)
                job.Checkpoints[key] = checkpoint;
            job.Checkpoints[number] = new ModelCheckpoint(attempt, epoch, isBest);
        });

    public bool TryFinish(Guid id, int attempt, JobStatus final, StopReason reason)
    {
        var outcome = Enum.Parse<AttemptOutcome>(final.ToString());
        if (Held(id, attempt) is not { } job)
            return OwnEnd(id, attempt) == outcome;
        Close(job, outcome);
        End(job, final, reason);
        return true;
    }

    public Settled TryHandBack(Guid id, int attempt, HandBack handBack)
    {
        if (Held(id, attempt) is not { } job)
            return SettledBefore(id, attempt, handBack);
        var after = JobRules.AfterRun(job.Requested, handBack.CountAttempt && JobRules.IsSpent(attempt, job.Uncounted, job.MaxAttempts));
        var delay = handBack.Delay ?? (handBack.CountAttempt ? options.RetryDelay(attempt - job.Uncounted) : TimeSpan.Zero);
        job.Uncounted += handBack.CountAttempt ? 0 : 1;
        var inGoodOrder = handBack.Outcome == AttemptOutcome.HandedBack;
        switch (after)
        {
            case JobStatus.Cancelled:
                Close(job, inGoodOrder ? AttemptOutcome.Cancelled : handBack.Outcome);
                End(job, after, StopReason.UserRequest);
                return Settled.Cancelled;
            case JobStatus.Paused:
                Close(job, inGoodOrder ? AttemptOutcome.Paused : handBack.Outcome);
                PauseNow(job);
                return Settled.Paused;
            case JobStatus.Failed:
                Close(job, handBack.Outcome);
                End(job, after, handBack.Outcome == AttemptOutcome.Stalled ? StopReason.Stalled : StopReason.Poison);
                return Settled.Failed;
            default:
                Close(job, handBack.Outcome);
                Queue(job, delay > TimeSpan.Zero ? Now + delay : null);
                return delay > TimeSpan.Zero ? Settled.Delayed : Settled.Queued;
        }
    }

    private bool TryWrite(Guid id, int attempt, object write, string type, Action<ModelJob> change)
    {
        if (mutant == Mutant.BigserialOrder && Jobs.TryGetValue(id, out var counted))
            counted.NextSeq++;
        if (Held(id, attempt) is not { } job)
            return false;
        if (mutant == Mutant.BigserialOrder)
            job.NextSeq--;
        if (job.LastWrite?.Equals(write) == true && mutant != Mutant.NoWriteIds)
            return true;
        job.LastWrite = write;
        change(job);
        job.Events.Add(new ModelEvent(job.NextSeq++, mutant == Mutant.NoFence ? attempt : job.Attempt, type, Now, write));
        return true;
    }

    private ModelJob? Held(Guid id, int attempt) =>
        Jobs.TryGetValue(id, out var job) && job.Status == JobStatus.Running && (job.Attempt == attempt || mutant == Mutant.NoFence) ? job : null;

    private AttemptOutcome? OwnEnd(Guid id, int attempt) =>
        Jobs.TryGetValue(id, out var job) && job.Attempts.TryGetValue(attempt, out var own) && own is { EndedAt: not null, IsFenced: false } ? own.Outcome : null;

    private Settled SettledBefore(Guid id, int attempt, HandBack handBack)
    {
        switch (OwnEnd(id, attempt))
        {
            case null:
                return Settled.Lost;
            case AttemptOutcome.Cancelled:
                return Settled.Cancelled;
            case AttemptOutcome.Paused:
                return Settled.Paused;
            case var outcome when outcome != handBack.Outcome:
                return Settled.Lost;
        }
        var job = Jobs[id];
        if (job.Attempt != attempt)
            return Settled.Queued;
        return job.Status switch
        {
            JobStatus.Paused => Settled.Paused,
            JobStatus.Cancelled => Settled.Cancelled,
            JobStatus.Failed or JobStatus.Succeeded => Settled.Failed,
            _ => job.NotBefore is null ? Settled.Queued : Settled.Delayed,
        };
    }

    private void Close(ModelJob job, AttemptOutcome outcome, bool fenced = false)
    {
        var attempt = job.Attempts[job.Attempt];
        (attempt.EndedAt, attempt.Outcome, attempt.IsFenced) = (Now, outcome, fenced);
        (job.LeaseUntil, job.ClaimId, job.Requested) = (null, null, null);
    }

    private void End(ModelJob job, JobStatus final, StopReason reason)
    {
        (job.Status, job.StopReason, job.Requested, job.IsPaused, job.NotBefore, job.MaxPendingAt) = (final, reason, null, false, null, null);
        Tell(job, $"terminal {final}");
    }

    private void PauseNow(ModelJob job)
    {
        (job.Status, job.IsPaused, job.NotBefore, job.MaxPendingAt) = (JobStatus.Paused, true, null, null);
        Tell(job, "paused");
    }

    private void Queue(ModelJob job, TimeSpan? notBefore)
    {
        (job.Status, job.Lane, job.OfferedAt, job.NotBefore, job.IsPaused) = (JobStatus.Queued, QueueLane.Again, Now, notBefore, false);
        Tell(job, "queued");
    }

    private void Tell(ModelJob job, string what) => job.Events.Add(new ModelEvent(job.NextSeq++, job.Attempt, what, Now, null));

    private static ModelClaim ClaimOf(ModelJob job) => new(job.Attempt, job.Requested, job.Checkpoints.LastOrDefault().Value?.Epoch ?? 0, job.Checkpoints.Keys.LastOrDefault());
}

internal sealed record ModelClaim(int Attempt, string? Requested, int Epoch, long Checkpoint);
