using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using TrainingService.Domain.Jobs;

namespace TrainingService.Domain.Queue;

/// <summary>
/// The queue carries a job's id and nothing else: the row is the truth. Putting a job on it twice is harmless, because only one claim succeeds.
/// A worker serves the queue's names in their order, so that a lane's letter stands before the name.
/// </summary>
public sealed class TrainingQueue(IBackgroundJobClient client)
{
    /// <summary>Queue of jobs for a CPU.</summary>
    public const string Cpu = "cpu";

    /// <summary>Queue of jobs for a CUDA device.</summary>
    public const string Gpu = "gpu";

    /// <summary>What a worker of these queues serves, in order: <c>a-cpu, b-cpu, …</c>.</summary>
    public static IReadOnlyList<string> NamesOf(IEnumerable<string> queues) =>
        [.. queues.SelectMany(queue => Enum.GetValues<QueueLane>().Select(lane => NameOf(queue, lane))).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Puts a job at the end of its lane.</summary>
    public void Enqueue(Offer offer) => client.Create(
        Job.FromExpression<ITrainingRunner>(runner => runner.RunAsync(offer.JobId, CancellationToken.None)),
        new EnqueuedState(NameOf(offer.Queue, offer.Lane)));

    private static string NameOf(string queue, QueueLane lane) => $"{(char)('a' + (int)lane)}-{queue}";
}
