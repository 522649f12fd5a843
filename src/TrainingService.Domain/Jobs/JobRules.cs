using TrainingService.Contracts.Jobs;

namespace TrainingService.Domain.Jobs;

/// <summary>
/// What a verb, a run or the sweeper makes of a job, as a table: where it stands and what is asked of it go in, what it becomes comes out.
/// The store writes what comes out under the condition that the job still stands where it stood.
/// </summary>
public static class JobRules
{
    /// <param name="Status">Where the job stands.</param>
    /// <param name="Requested">What is asked of it.</param>
    public readonly record struct State(JobStatus Status, string? Requested = null);

    /// <param name="Outcome">What the verb came to.</param>
    /// <param name="To">The job after it; null when nothing is written.</param>
    public readonly record struct Step(VerbOutcome Outcome, State? To = null);

    public static Step Cancel(State job) => job switch
    {
        { Status: JobStatus.Queued or JobStatus.Paused } => new(VerbOutcome.Done, new(JobStatus.Cancelled)),
        { Status: JobStatus.Running, Requested: JobRequests.Cancel } => new(VerbOutcome.Requested),
        { Status: JobStatus.Running } => new(VerbOutcome.Requested, new(JobStatus.Running, JobRequests.Cancel)),
        _ => new(VerbOutcome.NothingToDo),
    };

    public static Step Pause(State job) => job switch
    {
        { Status: JobStatus.Queued } => new(VerbOutcome.Done, new(JobStatus.Paused)),
        { Status: JobStatus.Paused } => new(VerbOutcome.NothingToDo),
        { Status: JobStatus.Running, Requested: null } => new(VerbOutcome.Requested, new(JobStatus.Running, JobRequests.Pause)),
        { Status: JobStatus.Running, Requested: JobRequests.Pause } => new(VerbOutcome.Requested),
        _ => new(VerbOutcome.Conflict),
    };

    public static Step Resume(State job) => job switch
    {
        { Status: JobStatus.Paused } => new(VerbOutcome.Done, new(JobStatus.Queued)),
        { Status: JobStatus.Running, Requested: JobRequests.Pause } => new(VerbOutcome.Done, new(JobStatus.Running)),
        { Status: JobStatus.Queued } or { Status: JobStatus.Running, Requested: null } => new(VerbOutcome.NothingToDo),
        _ => new(VerbOutcome.Conflict),
    };

    /// <summary>A run gives its job back, or its worker is lost: what was asked for goes before another attempt.</summary>
    /// <param name="requested">What is asked of the job.</param>
    /// <param name="spent">Whether the attempts are spent with this one.</param>
    public static JobStatus AfterRun(string? requested, bool spent) => requested switch
    {
        JobRequests.Cancel => JobStatus.Cancelled,
        JobRequests.Pause => JobStatus.Paused,
        _ => spent ? JobStatus.Failed : JobStatus.Queued,
    };

    /// <summary>Whether so many attempts are all that a job gets.</summary>
    public static bool IsSpent(int attempt, int uncounted, int most) => attempt - uncounted >= most;
}
