using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Queue;

namespace TrainingService.Domain.Tests.Simulation;

/// <summary>A job as the model knows it: the columns that decide, its events, attempts, checkpoints and files.</summary>
internal sealed class ModelJob
{
    public required Guid Id { get; init; }

    public required int MaxAttempts { get; init; }

    public required QueueLane PriorityLane { get; init; }

    public TimeSpan? MaxPending { get; init; }

    public JobStatus Status { get; set; } = JobStatus.Queued;

    public string? Requested { get; set; }

    public StopReason? StopReason { get; set; }

    public int Attempt { get; set; }

    public int Uncounted { get; set; }

    public QueueLane Lane { get; set; }

    public Guid? ClaimId { get; set; }

    public TimeSpan? LeaseUntil { get; set; }

    public TimeSpan? NotBefore { get; set; }

    public TimeSpan? MaxPendingAt { get; set; }

    public TimeSpan OfferedAt { get; set; }

    public bool IsPaused { get; set; }

    public bool IsArchived { get; set; }

    public object? LastWrite { get; set; }

    public int Epoch { get; set; }

    public long NextSeq { get; set; } = 1;

    public List<ModelEvent> Events { get; } = [];

    public SortedDictionary<int, ModelAttempt> Attempts { get; } = [];

    public SortedDictionary<long, ModelCheckpoint> Checkpoints { get; } = [];

    public Dictionary<string, (int Attempt, string Sha256)> Artifacts { get; } = [];

    /// <summary>Everything that both sides must agree on, as one text.</summary>
    public string Describe() => string.Join('\n',
        $"{Status} {StopReason} requested={Requested} attempt={Attempt} uncounted={Uncounted} lane={Lane} held={LeaseUntil is not null}",
        $"delayed={NotBefore is not null} pending={MaxPendingAt is not null} paused={IsPaused} archived={IsArchived} epoch={Epoch}",
        $"events: {string.Join(", ", Events.Select(e => $"{e.Seq}/{e.Attempt}/{e.Type}"))}",
        $"attempts: {string.Join(", ", Attempts.Select(a => $"{a.Key} {a.Value.Outcome} ended={a.Value.EndedAt is not null} fenced={a.Value.IsFenced}"))}",
        $"checkpoints: {string.Join(", ", Checkpoints.Select(c => $"{c.Key}/{c.Value.Attempt}/{c.Value.IsBest}"))}",
        $"artifacts: {string.Join(", ", Artifacts.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key}/{a.Value.Attempt}/{a.Value.Sha256}"))}");
}

/// <param name="Type">The event's type, and of a status what it says.</param>
/// <param name="Write">What wrote it, for the ledger.</param>
internal sealed record ModelEvent(long Seq, int Attempt, string Type, TimeSpan At, object? Write);

internal sealed class ModelAttempt
{
    public required TimeSpan StartedAt { get; init; }

    public TimeSpan? EndedAt { get; set; }

    public bool IsFenced { get; set; }

    public AttemptOutcome? Outcome { get; set; }
}

internal sealed record ModelCheckpoint(int Attempt, int Epoch, bool IsBest);

/// <summary>Mistakes that the simulation must notice.</summary>
public enum Mutant
{
    None,

    /// <summary>A write looks at the job, but not at the attempt.</summary>
    NoFence,

    /// <summary>The worker takes a write for done whose answer it did not get.</summary>
    EarlyAcknowledgement,

    /// <summary>Numbers of events come from a counter that refused writes use up as well.</summary>
    BigserialOrder,

    /// <summary>A repeated write is written again.</summary>
    NoWriteIds,

    /// <summary>The sweeper looks for lost workers only.</summary>
    ForgottenRows,

    /// <summary>A claim that the worker did not hear of counts for nobody.</summary>
    NoLimit,
}

/// <summary>Time as the test turns it.</summary>
internal sealed class SimulatedClock
{
    public TimeSpan Now { get; set; }
}
