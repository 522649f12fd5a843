using Microsoft.EntityFrameworkCore;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Jobs;

/// <summary>Jobs as answers show them.</summary>
internal sealed class JobReader(TrainingDb db, JobAnswers answers)
{
    /// <summary>A job without its spec and model; null when there is none.</summary>
    public Task<JobResponse?> FindAsync(Guid id, CancellationToken ct) => FindAsync(id, whole: false, ct);

    /// <summary>A job with its spec and model; null when there is none.</summary>
    public Task<JobResponse?> FindWholeAsync(Guid id, CancellationToken ct) => FindAsync(id, whole: true, ct);

    public async Task<Page<JobResponse>> ListAsync(JobListQuery query, CancellationToken ct)
    {
        var limit = query.Limit ?? JobListQuery.DefaultLimit;
        var rows = await query.Filter(db.Jobs.AsNoTracking()).OrderByDescending(job => job.Id).Take(limit + 1).Select(JobRow.ForLists).ToListAsync(ct);
        var hasMore = rows.Count > limit;
        var items = await answers.OfAsync(hasMore ? rows[..limit] : rows, ct);
        return new Page<JobResponse>(items, hasMore ? items[^1].Id.ToString() : null);
    }

    private async Task<JobResponse?> FindAsync(Guid id, bool whole, CancellationToken ct) =>
        await db.Jobs.AsNoTracking().Where(job => job.Id == id).Select(whole ? JobRow.Whole : JobRow.ForLists).SingleOrDefaultAsync(ct) is { } row
            ? await answers.OfAsync(row, ct)
            : null;
}
