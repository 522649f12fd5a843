using Microsoft.EntityFrameworkCore;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Events;

/// <summary>Where a job's events stand.</summary>
internal sealed record JobHead(long LastSeq, JobStatus Status);

/// <summary>The stored events, page by page.</summary>
internal sealed class EventRows(JobStore store, IDbContextFactory<TrainingDb> databases)
{
    /// <summary>Null when there is no such job.</summary>
    public async Task<JobHead?> ReadHeadAsync(Guid jobId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Jobs.Where(job => job.Id == jobId).Select(job => new JobHead(job.LastSeq, job.Status)).SingleOrDefaultAsync(ct);
    }

    public async Task<IReadOnlyDictionary<Guid, long>> ReadLastSeqsAsync(Guid[] jobIds, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Jobs.Where(job => jobIds.Contains(job.Id)).Select(job => new { job.Id, job.LastSeq })
            .ToDictionaryAsync(job => job.Id, job => job.LastSeq, ct);
    }

    /// <summary>The next events after a number, in order; empty when there are none.</summary>
    public async Task<IReadOnlyList<FeedEvent>> ReadAsync(Guid jobId, long after, int limit, CancellationToken ct) =>
        [.. (await store.ReadEventsAsync(jobId, after, limit, ct)).Select(row => new FeedEvent(row))];
}
