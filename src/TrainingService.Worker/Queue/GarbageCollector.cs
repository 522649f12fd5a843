using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Storage;
using TrainingService.Domain.Workers;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Queue;

/// <summary>The slow round: content that no row names, folders of runs that nobody runs, workers that were silent for long.</summary>
internal sealed class GarbageCollector(
    ContentCollector contents, IDbContextFactory<TrainingDb> databases, WorkerRegistry registry, TrainingRunFactory runs,
    IOptions<WorkerOptions> worker, TimeProvider time, ILogger<GarbageCollector> logger) : BackgroundService
{
    // The worker that left it may be about to remove it itself.
    private static readonly TimeSpan _folderGrace = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(worker.Value.GarbageInterval, time);
        do
        {
            try
            {
                await CollectAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                logger.LogWarning(exception, "Could not clear away what nobody needs; the next round comes in {Interval}.", worker.Value.GarbageInterval);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task CollectAsync(CancellationToken ct)
    {
        await registry.RemoveSilentAsync(WorkerPresence.Silence, ct);
        foreach (var content in await contents.CollectAsync(ct))
            logger.LogInformation("Removed {SizeBytes} bytes that nothing names, SHA-256 {Sha256}.", content.SizeBytes, content.Sha256);
        await RemoveFoldersAsync(ct);
    }

    private async Task RemoveFoldersAsync(CancellationToken ct)
    {
        var folders = AbandonedRuns.Find(RunFolder.AllRuns(runs.StorageRoot), time.GetUtcNow() - _folderGrace);
        if (folders.Count == 0)
            return;
        // Asked after the folders were listed: a folder is made when its job runs already.
        var jobs = folders.Select(folder => folder.Id).ToList();
        await using var database = await databases.CreateDbContextAsync(ct);
        var running = await database.Jobs.Where(job => jobs.Contains(job.Id) && job.Status == JobStatus.Running)
            .Select(job => new { job.Id, job.Attempt }).ToDictionaryAsync(job => job.Id, job => job.Attempt, ct);
        foreach (var folder in folders.Where(folder => !running.TryGetValue(folder.Id, out var attempt) || folder.Attempt < attempt))
        {
            folder.Remove();
            logger.LogInformation("Removed the folder of job {JobId}, attempt {Attempt}, which nobody runs.", folder.Id, folder.Attempt);
        }
    }
}
