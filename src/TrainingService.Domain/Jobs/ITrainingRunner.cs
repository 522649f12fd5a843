using Hangfire;

namespace TrainingService.Domain.Jobs;

/// <summary>Runs a job where there is a trainer. The queue stores this name and the job's id: never rename either.</summary>
public interface ITrainingRunner
{
    /// <summary>Claims the job and runs it to its end, or returns quietly when it is not to be had.</summary>
    // Attempts are counted in the job's row, where a dead process counts too; the queue repeats nothing by itself. What failed there is
    // deleted, and so goes after a day: the queue would keep failures for good.
    [AutomaticRetry(Attempts = 0, OnAttemptsExceeded = AttemptsExceededAction.Delete)]
    Task RunAsync(Guid jobId, CancellationToken ct);
}
