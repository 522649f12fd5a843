using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TrainingService.Domain.Datasets;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Queue;
using TrainingService.Domain.Storage;
using TrainingService.Worker.Datasets;

namespace TrainingService.Worker.Queue;

/// <summary>
/// Puts jobs, and versions of data sets, on the queue again whose worker is gone, whose pause before another try is over, or that the queue has forgotten, and ends those
/// that waited too long for their first worker: at start, and every few seconds. After an outage
/// of the database it lets one lease pass first, so that workers that were cut off like everybody else can renew theirs.
/// </summary>
internal sealed class Sweeper(
    JobStore store, TrainingQueue queue, TrainingRunner runner, DatasetStore datasets, IngestQueue ingests, IngestRunner ingestRunner, WorkerIdentity identity, IDbContextFactory<TrainingDb> databases,
    IOptions<WorkerOptions> worker, IOptions<JobOptions> jobs, TimeProvider time, ILogger<Sweeper> logger) : BackgroundService
{
    private bool _away;
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(worker.Value.SweepInterval, time);
        do
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                _away |= exception.IsDatabaseOutage();
                logger.LogWarning(exception, "The sweep failed; the next one comes in {Interval}.", worker.Value.SweepInterval);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task SweepAsync(CancellationToken ct)
    {
        if (_away && await IsBackAsync(ct))
            (_away, _notBefore) = (false, time.GetUtcNow().AddSeconds(jobs.Value.LeaseSeconds));
        if (_away || time.GetUtcNow() < _notBefore)
            return;

        foreach (var offer in await store.SweepAsync(QueuedFor(runner.IsIdleFor), identity.Queues, ct))
        {
            queue.Enqueue(offer);
            logger.LogInformation("Job {JobId} is on the queue {Queue} again, lane {Lane}.", offer.JobId, offer.Queue, offer.Lane);
        }
        foreach (var version in await datasets.SweepAsync(QueuedFor(ingestRunner.IsIdleFor), ct))
        {
            ingests.Enqueue(version);
            logger.LogInformation("Version {VersionId} of a data set is on the queue {Queue} again.", version, IngestQueue.Name);
        }
    }

    // A worker with a free slot to which nothing came has taken whatever its queues hold: a row that still waits there is not on them.
    // A busy one, also between two jobs, cannot tell a forgotten row from one that waits its turn.
    private TimeSpan QueuedFor(Func<TimeSpan, bool> isIdleFor) =>
        isIdleFor(worker.Value.QueuedFor) ? worker.Value.QueuedFor : worker.Value.QueuedForWhileBusy;

    private async Task<bool> IsBackAsync(CancellationToken ct)
    {
        await using var database = await databases.CreateDbContextAsync(ct);
        return await database.Database.CanConnectAsync(ct);
    }
}
