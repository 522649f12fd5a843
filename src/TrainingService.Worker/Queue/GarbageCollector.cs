using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Datasets;
using TrainingService.Domain.Storage;
using TrainingService.Domain.Workers;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Queue;

/// <summary>The slow round: content that no row names, uploads that were left alone, folders of runs that nobody runs, workers that were silent for long.</summary>
internal sealed class GarbageCollector(
    ContentCollector contents, UploadStore uploads, IDbContextFactory<TrainingDb> databases, WorkerRegistry registry, TrainingRunFactory runs,
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
        if (await uploads.RemoveAbandonedAsync(ct) is > 0 and var abandoned)
            logger.LogInformation("Removed {Count} uploads that were left alone.", abandoned);
        foreach (var content in await contents.CollectAsync(ct))
            logger.LogInformation("Removed {SizeBytes} bytes that nothing names, SHA-256 {Sha256}.", content.SizeBytes, content.Sha256);
        await RemoveFoldersAsync(ct);
    }

    private async Task RemoveFoldersAsync(CancellationToken ct)
    {
        await using var database = await databases.CreateDbContextAsync(ct);
        await RemoveFoldersAsync(
            RunFolder.AllRuns(runs.StorageRoot),
            ids => database.Jobs.Where(job => ids.Contains(job.Id) && job.Status == JobStatus.Running).ToDictionaryAsync(job => job.Id, job => job.Attempt, ct));
        await RemoveFoldersAsync(
            RunFolder.AllIngests(runs.StorageRoot),
            ids => database.DatasetVersions.Where(version => ids.Contains(version.Id) && version.Status == DatasetStatus.Ingesting)
                .ToDictionaryAsync(version => version.Id, version => version.Attempt, ct));
    }

    /// <param name="all">The folder with a folder for each.</param>
    /// <param name="running">Of some ids those that are worked on, with the attempt. Asked after the folders were listed: a folder is made when its work has begun.</param>
    private async Task RemoveFoldersAsync(string all, Func<List<Guid>, Task<Dictionary<Guid, int>>> running)
    {
        var folders = AbandonedRuns.Find(all, time.GetUtcNow() - _folderGrace);
        if (folders.Count == 0)
            return;
        var attempts = await running([.. folders.Select(folder => folder.Id)]);
        foreach (var folder in folders.Where(folder => !attempts.TryGetValue(folder.Id, out var attempt) || folder.Attempt < attempt))
        {
            folder.Remove();
            logger.LogInformation("Removed the folder of {Id}, attempt {Attempt}, at which nobody works.", folder.Id, folder.Attempt);
        }
    }
}
