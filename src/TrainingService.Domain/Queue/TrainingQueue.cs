using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Queue;

/// <summary>
/// The queue carries a job's id and nothing else: the row is the truth. Putting a job on it twice is harmless, because only one claim succeeds.
/// </summary>
public sealed class TrainingQueue(IBackgroundJobClient client)
{
    /// <summary>Queue of new jobs.</summary>
    public const string Default = "default";

    /// <summary>Queue of jobs whose worker was lost. A worker serves its queues in the order of their names, so these come first.</summary>
    public const string Again = "again";

    /// <summary>Every queue that a worker serves.</summary>
    public static IReadOnlyList<string> Names { get; } = [Again, Default];

    /// <summary>Puts a job at the end of the queue.</summary>
    public void Enqueue(Guid jobId) => Enqueue(jobId, Default);

    /// <summary>Puts a job before all new ones.</summary>
    public void EnqueueAgain(Guid jobId) => Enqueue(jobId, Again);

    private void Enqueue(Guid jobId, string queue) =>
        client.Create(Job.FromExpression<ITrainingRunner>(runner => runner.RunAsync(jobId, CancellationToken.None)), new EnqueuedState(queue));
}
