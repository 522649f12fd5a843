using Hangfire;
using Hangfire.Common;
using Hangfire.States;

namespace TrainingService.Domain.Datasets;

/// <summary>What the queue starts, somewhere. The queue stores this name and the version's id: never rename either.</summary>
public interface IIngestRunner
{
    /// <summary>Claims the version and has its files read; returns quietly when it is not to be had.</summary>
    // Attempts are counted in the version's row, where a dead process counts too; the queue repeats nothing by itself.
    [AutomaticRetry(Attempts = 0, OnAttemptsExceeded = AttemptsExceededAction.Delete)]
    Task RunAsync(Guid versionId, CancellationToken ct);
}

/// <summary>The queue carries a version's id and nothing else: the row is the truth. Putting it on twice is harmless, because only one claim succeeds.</summary>
public sealed class IngestQueue(IBackgroundJobClient client)
{
    /// <summary>The queue's name.</summary>
    public const string Name = "ingest";

    public void Enqueue(Guid versionId) => client.Create(
        Job.FromExpression<IIngestRunner>(runner => runner.RunAsync(versionId, CancellationToken.None)), new EnqueuedState(Name));
}
