namespace TrainingService.Contracts.Jobs;

/// <summary>Where a job stands.</summary>
public enum JobStatus
{
    /// <summary>Waits for a worker.</summary>
    Queued,

    /// <summary>A worker holds it.</summary>
    Running,

    /// <summary>Somebody paused it; it goes on from its last checkpoint when it is resumed.</summary>
    Paused,

    /// <summary>Ended; the model is there.</summary>
    Succeeded,

    /// <summary>Ended without a model; <c>error</c> says why.</summary>
    Failed,

    /// <summary>Ended because somebody asked.</summary>
    Cancelled,
}

/// <summary>What a running job is busy with.</summary>
public enum JobPhase
{
    /// <summary>Loading data, building the model.</summary>
    Preparing,

    /// <summary>Epochs.</summary>
    Training,

    /// <summary>The final evaluation.</summary>
    Evaluating,

    /// <summary>Writing artifacts.</summary>
    Exporting,
}

/// <summary>Why a job ended.</summary>
public enum StopReason
{
    /// <summary>All epochs done.</summary>
    Completed,

    /// <summary>EarlyStopping.</summary>
    EarlyStopping,

    /// <summary>Somebody cancelled.</summary>
    UserRequest,

    /// <summary><c>stopping.max_runtime_seconds</c> is over.</summary>
    MaxRuntime,

    /// <summary>The loss became NaN or infinite.</summary>
    NanLoss,

    /// <summary>Not enough memory.</summary>
    OutOfMemory,

    /// <summary>The worker went away.</summary>
    WorkerLost,

    /// <summary>The trainer died again and again.</summary>
    Poison,

    /// <summary>The data could not be read.</summary>
    BadData,

    /// <summary>No worker took it within <c>stopping.max_pending_seconds</c>.</summary>
    MaxPending,

    /// <summary>It made no progress again and again.</summary>
    Stalled,

    /// <summary>There was no room for its files.</summary>
    StorageFull,

    /// <summary>None of its checkpoints can be read.</summary>
    CorruptCheckpoint,

    /// <summary>A bug or a broken machine.</summary>
    InternalError,
}

/// <summary>Before or behind the other jobs of a queue.</summary>
public enum JobPriority
{
    /// <summary>Before the others.</summary>
    High,

    /// <summary>In the order of submission.</summary>
    Normal,

    /// <summary>When nothing else waits.</summary>
    Low,
}

/// <summary>What somebody asks of a running job, beside its status. Its worker acts on it.</summary>
public static class JobRequests
{
    /// <summary>Stop at the next batch, keep a checkpoint, and wait.</summary>
    public const string Pause = "pause";

    /// <summary>Stop at the next batch, for good.</summary>
    public const string Cancel = "cancel";
}

/// <summary>What a job has to do with its parent.</summary>
public enum ParentRelation
{
    /// <summary>It goes on from the parent's last checkpoint.</summary>
    Continue,

    /// <summary>It is the parent's spec, with changes.</summary>
    Clone,
}

/// <summary>How an attempt ended.</summary>
public enum AttemptOutcome
{
    /// <summary>The job succeeded.</summary>
    Succeeded,

    /// <summary>The job failed.</summary>
    Failed,

    /// <summary>Somebody cancelled the job.</summary>
    Cancelled,

    /// <summary>Somebody paused the job.</summary>
    Paused,

    /// <summary>The worker gave the job back in good order.</summary>
    HandedBack,

    /// <summary>The trainer died.</summary>
    Crashed,

    /// <summary>The worker went away.</summary>
    Lost,

    /// <summary>The trainer made no progress and was ended.</summary>
    Stalled,
}

/// <summary>What the statuses mean together.</summary>
public static class JobStatusExtensions
{
    /// <summary>Whether the job has ended and stays as it is.</summary>
    public static bool IsTerminal(this JobStatus status) => status is JobStatus.Succeeded or JobStatus.Failed or JobStatus.Cancelled;
}
