using System.Collections.Concurrent;
using TrainingService.Domain.Queue;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Jobs;

/// <summary>
/// Puts accepted jobs on the queue beside their requests. The queue's client holds its thread for several statements; requests that waited for it
/// would in a burst leave no thread for each other's answers. What is lost with the process is found by the sweeper, like all that nobody carries.
/// </summary>
internal sealed class QueueFeeder(TrainingQueue queue, ILogger<QueueFeeder> logger) : BackgroundService
{
    /// <summary>Threads, and so connections, that a burst takes from the requests.</summary>
    private const int Feeders = 2;

    private readonly BlockingCollection<Offer> _offers = [];

    /// <summary>The job is stored; it will be on the queue in a moment.</summary>
    public void Feed(Offer offer)
    {
        if (!_offers.IsAddingCompleted)
            _offers.Add(offer);
    }

    /// <summary>Puts what is left on the queue, then stops.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _offers.CompleteAdding();
        await base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Feeders).Select(_ => Task.Factory.StartNew(
            EnqueueAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

    private void EnqueueAll()
    {
        foreach (var offer in _offers.GetConsumingEnumerable())
        {
            try
            {
                queue.Enqueue(offer);
            }
            catch (Exception exception) when (exception.IsDatabaseOutage())
            {
                logger.LogWarning(exception, "Job {JobId} is stored but could not be put on the queue; the sweeper will.", offer.JobId);
            }
            catch (Exception exception)
            {
                // The job is safe all the same, and the next ones must not wait for it.
                logger.LogError(exception, "Job {JobId} is stored but could not be put on the queue; the sweeper will.", offer.JobId);
            }
        }
    }
}
