using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Trainer;

namespace TrainingService.Worker.Queue;

/// <summary>What becomes of a job whose trainer has ended.</summary>
internal abstract record Verdict
{
    /// <summary>The job has ended.</summary>
    public sealed record Finish(JobStatus Status, StopReason Reason, JobError? Error = null) : Verdict;

    /// <summary>Back into the queue.</summary>
    /// <param name="Reason">For people.</param>
    /// <param name="CountAttempt">False when it was no fault of the job.</param>
    /// <param name="Error">What the job ends with when this was its last attempt.</param>
    public sealed record HandBack(string Reason, bool CountAttempt, JobError? Error = null) : Verdict;

    /// <param name="result">The trainer's last line; null when it ended without.</param>
    /// <param name="exitCode">Its exit code.</param>
    /// <param name="stderrTail">The end of its log.</param>
    /// <param name="cancelRequested">Whether somebody asked to cancel the job.</param>
    /// <param name="workerStopping">Whether this worker is going down.</param>
    public static Verdict Of(TrainerResult? result, int exitCode, string stderrTail, bool cancelRequested, bool workerStopping) => result switch
    {
        // A run that came to its own end before it heard of the stop keeps that end.
        { Error: { } error } => new Finish(JobStatus.Failed, result.StopReason, error),
        { StopReason: not StopReason.UserRequest } => new Finish(JobStatus.Succeeded, result.StopReason),
        _ when cancelRequested => new Finish(JobStatus.Cancelled, StopReason.UserRequest),
        _ when workerStopping => new HandBack("the worker stops", CountAttempt: false),
        not null => new HandBack("the trainer was stopped from outside", CountAttempt: true),
        null => new HandBack($"the trainer died with exit code {exitCode}", CountAttempt: true, TrainerExit.Describe(exitCode, stderrTail)),
    };
}
