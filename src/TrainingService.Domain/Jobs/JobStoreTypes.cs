using System.Text.Json;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Checkpoints;
using TrainingService.Domain.Queue;

namespace TrainingService.Domain.Jobs;

/// <summary>A job that is ours until the lease ends.</summary>
/// <param name="Attempt">The fencing token: every later write names it.</param>
/// <param name="Requested">What somebody asks of it (<see cref="JobRequests"/>), or null.</param>
/// <param name="RunSeconds">Running time of the attempts before.</param>
/// <param name="Checkpoints">What it can go on from, newest first.</param>
public sealed record Claim(
    Guid JobId, int Attempt, JobSpec Spec, string? Requested = null, double RunSeconds = 0, IReadOnlyList<Checkpoint>? Checkpoints = null)
{
    /// <summary>Puts it before the new ones of its queue.</summary>
    public Offer Again => new(JobId, Spec.Queue ?? TrainingQueue.Cpu, QueueLane.Again);
}

/// <param name="Held">False when the lease is lost: stop, and write nothing more.</param>
/// <param name="Requested">What somebody asks of the job (<see cref="JobRequests"/>), or null.</param>
public sealed record LeaseState(bool Held, string? Requested = null);

/// <summary>An event without its number, which the store gives.</summary>
public sealed record NewEvent(string Type, JsonElement Data);

/// <summary>What changes in the job's row together with its events; null leaves a value as it is.</summary>
/// <param name="Metrics">Laid over the figures that are there; a figure that is not finite becomes null.</param>
/// <param name="Resumed">Where the attempt went on from.</param>
public sealed record JobUpdate(
    JobPhase? Phase = null, int? Epoch = null, IReadOnlyDictionary<string, double?>? Metrics = null, ResumePoint? Resumed = null);

/// <param name="Epoch">Epochs finished.</param>
/// <param name="Step">Batches done of the epoch after them.</param>
public sealed record ResumePoint(int Epoch, long Step);

/// <summary>Why a run gives its job back.</summary>
/// <param name="Reason">For people.</param>
/// <param name="CountAttempt">Whether the attempt counts against the limit; not when the worker stops in good order.</param>
/// <param name="Outcome">How the attempt ended.</param>
/// <param name="Delay">How long nobody takes it; null goes by <see cref="JobOptions"/> when the attempt counts, and is none when it does not.</param>
/// <param name="ExitCode">The trainer's.</param>
/// <param name="Error">What ended the attempt; what the job fails with when it was the last one.</param>
/// <param name="AtLimit">Why the job failed when it was the last one; null goes by the outcome.</param>
public sealed record HandBack(
    string Reason, bool CountAttempt, AttemptOutcome Outcome = AttemptOutcome.HandedBack, TimeSpan? Delay = null, int? ExitCode = null, JobError? Error = null,
    StopReason? AtLimit = null);

/// <summary>What became of a job that a run gave back.</summary>
public enum Settled
{
    /// <summary>The lease was lost; nothing was written.</summary>
    Lost,

    /// <summary>It waits for a worker: put it on the queue.</summary>
    Queued,

    /// <summary>It waits for its time; the sweeper puts it on the queue.</summary>
    Delayed,

    /// <summary>Somebody had asked for that.</summary>
    Paused,

    /// <summary>Somebody had asked for that.</summary>
    Cancelled,

    /// <summary>It was its last attempt.</summary>
    Failed,
}

/// <summary>What a verb came to.</summary>
public enum VerbOutcome
{
    /// <summary>There is no such job.</summary>
    NotFound,

    /// <summary>It is so now.</summary>
    Done,

    /// <summary>Its worker was told.</summary>
    Requested,

    /// <summary>It was so already, or has ended and stays as it is.</summary>
    NothingToDo,

    /// <summary>Not with a job that stands where this one does.</summary>
    Conflict,
}

/// <param name="Outcome">What it came to.</param>
/// <param name="Status">Where the job stands now; null when there is none.</param>
/// <param name="Requested">What is asked of it now.</param>
/// <param name="Offer">Put it on the queue.</param>
public sealed record VerbResult(VerbOutcome Outcome, JobStatus? Status = null, string? Requested = null, Offer? Offer = null);

/// <summary>Where a new job comes from.</summary>
public sealed record JobOrigin(Guid ParentId, ParentRelation Relation);

/// <summary>The submitter's name for a request, and the digest of its body.</summary>
public sealed record IdempotencyKey(string Key, string BodySha256);

/// <summary>What a submission came to.</summary>
public enum AddOutcome
{
    Created,

    /// <summary>The same request made this job before.</summary>
    Repeated,

    /// <summary>Another request made this job with the same key.</summary>
    KeyReused,

    /// <summary>The parent is gone or has no checkpoint to go on from.</summary>
    NoCheckpoint,
}

/// <param name="Offer">Put it on the queue; null when it is not new.</param>
/// <param name="Stored">What was stored; null when it is not new, and when it was stored together with its parent's checkpoints.</param>
public sealed record AddResult(AddOutcome Outcome, Guid JobId, Offer? Offer = null, StoredJob? Stored = null);

/// <summary>What of a new job stands in its row and nowhere else.</summary>
/// <param name="CreatedAt">When it was accepted.</param>
/// <param name="Spec">Its spec as JSON.</param>
public sealed record StoredJob(DateTimeOffset CreatedAt, string Spec);
