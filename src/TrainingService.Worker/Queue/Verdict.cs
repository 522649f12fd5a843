using TrainingService.Contracts.Jobs;

namespace TrainingService.Worker.Queue;

/// <summary>What becomes of a job whose trainer has ended.</summary>
internal abstract record Verdict
{
    /// <summary>The job has ended.</summary>
    public sealed record Finish(JobStatus Status, StopReason Reason, JobError? Error = null, int? ExitCode = null) : Verdict;

    /// <summary>It waits until somebody resumes it.</summary>
    public sealed record Pause : Verdict;

    /// <summary>Back into the queue.</summary>
    /// <param name="Reason">For people.</param>
    /// <param name="Outcome">How the attempt ended; one that was handed back in good order does not count.</param>
    /// <param name="Error">What the job ends with when this was its last attempt.</param>
    /// <param name="ExitCode">The trainer's.</param>
    /// <param name="AtLimit">Why the job failed when this was its last attempt; null goes by the outcome.</param>
    public sealed record HandBack(string Reason, AttemptOutcome Outcome, JobError? Error = null, int? ExitCode = null, StopReason? AtLimit = null) : Verdict
    {
        /// <summary>Whether the attempt counts against the limit, and the next one waits a little.</summary>
        public bool CountAttempt => Outcome != AttemptOutcome.HandedBack;
    }

    /// <param name="end">How the trainer ended.</param>
    /// <param name="stderrTail">The end of its log.</param>
    /// <param name="requested">What somebody asks of the job.</param>
    /// <param name="takenBack">Whether somebody asked and then thought better of it.</param>
    /// <param name="workerStopping">Whether this worker is going down.</param>
    /// <param name="memory">What the run was expected to take and what it might; null when that is not known.</param>
    public static Verdict Of(TrainerEnd end, string stderrTail, string? requested, bool takenBack, bool workerStopping, RunMemory? memory = null) => end switch
    {
        { Result: { MachineFault: true, Error: { } error } result } => new HandBack(error.Message, AttemptOutcome.Crashed, error, end.ExitCode, result.StopReason),
        // A run that came to its own end before it heard of the stop keeps that end.
        { Result: { Error: { } error } result } => new Finish(JobStatus.Failed, result.StopReason, error, end.ExitCode),
        { Result: { StopReason: not StopReason.UserRequest } result } => new Finish(JobStatus.Succeeded, result.StopReason, null, end.ExitCode),
        _ when requested == JobRequests.Cancel => new Finish(JobStatus.Cancelled, StopReason.UserRequest, null, end.ExitCode),
        _ when requested == JobRequests.Pause => new Pause(),
        _ when workerStopping => new HandBack("the worker stops", AttemptOutcome.HandedBack),
        _ when takenBack => new HandBack("resumed while it was stopping", AttemptOutcome.HandedBack),
        { Result: not null } => new HandBack("the trainer was stopped from outside", AttemptOutcome.Crashed, null, end.ExitCode),
        _ when TrainerExit.IsOutOfMemory(end, stderrTail) => new Finish(JobStatus.Failed, StopReason.OutOfMemory, TrainerExit.OutOfMemory(end, memory), end.ExitCode),
        { Silence: { } silence } => new HandBack(
            $"the trainer said nothing for {silence.TotalSeconds:0.#} s", AttemptOutcome.Stalled, TrainerExit.Stalled(silence, stderrTail), end.ExitCode),
        _ => new HandBack(
            $"the trainer died with exit code {end.ExitCode}", AttemptOutcome.Crashed, TrainerExit.Describe(end.ExitCode, stderrTail), end.ExitCode),
    };
}
