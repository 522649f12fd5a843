namespace TrainingService.Contracts.Jobs;

/// <summary>Where a job stands.</summary>
public enum JobStatus
{
    /// <summary>Waits for a worker.</summary>
    Queued,

    /// <summary>A worker holds it.</summary>
    Running,

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

    /// <summary>A bug or a broken machine.</summary>
    InternalError,
}

/// <summary>What the statuses mean together.</summary>
public static class JobStatusExtensions
{
    /// <summary>Whether the job has ended and stays as it is.</summary>
    public static bool IsTerminal(this JobStatus status) => status is JobStatus.Succeeded or JobStatus.Failed or JobStatus.Cancelled;
}
