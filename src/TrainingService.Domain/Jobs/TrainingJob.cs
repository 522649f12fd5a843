using System.Text.Json;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Queue;

namespace TrainingService.Domain.Jobs;

/// <summary>A job, as it is true. Written by conditional updates only: the expected state stands in the <c>Where</c>.</summary>
public sealed class TrainingJob
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    /// <summary>The resolved spec; never changes.</summary>
    public required JsonDocument Spec { get; init; }

    /// <summary>Layers, shapes and parameter counts; never changes.</summary>
    public required JsonDocument Model { get; init; }

    public required string[] Tags { get; init; }

    public required Dictionary<string, string> Metadata { get; init; }

    public JobStatus Status { get; private set; } = JobStatus.Queued;

    /// <summary>What the lease holder is busy with; null when nobody holds it.</summary>
    public JobPhase? Phase { get; private set; }

    /// <summary>Set with the final status.</summary>
    public StopReason? StopReason { get; private set; }

    /// <summary>What somebody asks of a running job (<see cref="JobRequests"/>); its lease holder acts on it. Null while it does not run.</summary>
    public string? Requested { get; private set; }

    public DateTimeOffset? RequestedAt { get; private set; }

    /// <summary>Which workers take it; never changes.</summary>
    public required string Queue { get; init; }

    /// <summary>Never changes.</summary>
    public required JobPriority Priority { get; init; }

    /// <summary>Where it stands in its queue: by priority at first, before all others once it ran.</summary>
    public QueueLane Lane { get; private set; }

    /// <summary>Times the job was claimed; the fencing token of every write of a run.</summary>
    public int Attempt { get; private set; }

    /// <summary>Claims that do not count against the limit: the worker handed the job back in good order.</summary>
    public int UncountedAttempts { get; private set; }

    public required int MaxAttempts { get; init; }

    /// <summary>Which worker holds it; null when nobody does.</summary>
    public string? LeaseOwner { get; private set; }

    /// <summary>By the database's clock. Past it, the sweeper hands the job to another worker.</summary>
    public DateTimeOffset? LeaseExpiresAt { get; private set; }

    /// <summary>The claim that holds it, so that its repetition is recognised.</summary>
    public Guid? ClaimId { get; private set; }

    /// <summary>Nobody takes it before, by the database's clock; null when it waits for nothing but a worker.</summary>
    public DateTimeOffset? NotBefore { get; private set; }

    /// <summary>Past it, the sweeper ends a job that no worker ever took; null after the first claim.</summary>
    public DateTimeOffset? MaxPendingAt { get; private set; }

    /// <summary>Running time of the attempts that have ended.</summary>
    public double RunSeconds { get; private set; }

    /// <summary>Last finished epoch, from 1; 0 before.</summary>
    public int Epoch { get; private set; }

    public required int Epochs { get; init; }

    /// <summary>Number of the last event; the next one takes the number after it under this row's lock.</summary>
    public long LastSeq { get; private set; }

    /// <summary>Last epoch's figures and, at the end, the evaluation's, as JSON.</summary>
    public JsonDocument? Metrics { get; private set; }

    /// <summary>The latest checkpoint's number; null without one.</summary>
    public long? CheckpointNumber { get; private set; }

    /// <summary>Epochs finished at the latest checkpoint.</summary>
    public int? CheckpointEpoch { get; private set; }

    /// <summary>Batches of the epoch after them.</summary>
    public long? CheckpointStep { get; private set; }

    /// <summary>Why it failed; set with the final status.</summary>
    public JsonDocument? Error { get; private set; }

    /// <summary>What ended the attempt before; becomes part of the error when the attempts are spent.</summary>
    public JsonDocument? LastError { get; private set; }

    /// <summary>The write of a run that was applied last, so that its repetition is recognised.</summary>
    public Guid? LastWrite { get; private set; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last put on the queue; the sweeper offers it again when nobody takes it.</summary>
    public DateTimeOffset OfferedAt { get; private set; }

    public DateTimeOffset? StartedAt { get; private set; }

    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>Set while it is paused.</summary>
    public DateTimeOffset? PausedAt { get; private set; }

    /// <summary>Set while lists leave it out.</summary>
    public DateTimeOffset? ArchivedAt { get; private set; }

    /// <summary>The job that it came from, which may be deleted since; never changes.</summary>
    public Guid? ParentId { get; init; }

    public ParentRelation? ParentRelation { get; init; }

    /// <summary>The submitter's name for the request, so that its repetition gives the same job.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Digest of the request with that key.</summary>
    public string? IdempotencySha256 { get; init; }
}
