using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Jobs;

/// <summary>Which jobs a list shows. Pages are cut by id, which grows with time, so that new jobs shift nothing.</summary>
internal sealed class JobListQuery
{
    public const int MaxLimit = 1_000;

    /// <summary>Jobs per page, 1 to 1000. Default: 20.</summary>
    [FromQuery(Name = "limit"), DefaultValue(20)]
    public int? Limit { get; init; }

    /// <summary>The previous page's <c>next_cursor</c>; the first page without.</summary>
    [FromQuery(Name = "after")]
    public string? After { get; init; }

    /// <summary>Only jobs of this status (queued, running, succeeded, failed, cancelled); give it several times for several.</summary>
    [FromQuery(Name = "status")]
    public string[]? Status { get; init; }

    /// <summary>Only jobs with this tag.</summary>
    [FromQuery(Name = "tag")]
    public string? Tag { get; init; }

    public async Task<Page<JobResponse>> ReadAsync(TrainingDb db, CancellationToken ct)
    {
        var limit = Limit ?? 20;
        var rows = await Filter(db.Jobs.AsNoTracking()).OrderByDescending(job => job.Id).Take(limit + 1).Select(JobRow.ForLists).ToListAsync(ct);
        var items = rows.Take(limit).Select(row => row.ToResponse()).ToArray();
        return new Page<JobResponse>(items, rows.Count > limit ? items[^1].Id.ToString() : null);
    }

    public IReadOnlyList<Violation> Violations()
    {
        var violations = new List<Violation>();
        if (Limit is < 1 or > MaxLimit)
            violations.Add(new Violation("?limit", ViolationCodes.OutOfRange, $"limit: expected 1 to {MaxLimit}. Received: {Limit}"));
        if (After is not null && !Guid.TryParse(After, out _))
            violations.Add(new Violation("?after", ViolationCodes.InvalidFormat, $"after: expected a page's next_cursor. Received: {After}"));
        if (Tag is not null && Tag.Contains('\0', StringComparison.Ordinal))
            violations.Add(new Violation("?tag", ViolationCodes.InvalidText, "tag: expected a text without NUL."));
        foreach (var status in (Status ?? []).Where(status => !Statuses.ContainsKey(status)))
            violations.Add(new Violation("?status", ViolationCodes.UnknownValue,
                $"status: expected one of {string.Join(", ", Statuses.Keys)}. Received: {status}"));
        return violations;
    }

    private static readonly Dictionary<string, JobStatus> Statuses = Enum.GetValues<JobStatus>().ToDictionary(status => status.ToText());

    private IQueryable<TrainingJob> Filter(IQueryable<TrainingJob> jobs)
    {
        if (Status is { Length: > 0 })
        {
            var statuses = Status.Select(status => Statuses[status]).Distinct().ToArray();
            jobs = statuses is [var only] ? jobs.Where(job => job.Status == only) : jobs.Where(job => statuses.Contains(job.Status));
        }
        if (Tag is { } tag)
            jobs = jobs.Where(job => job.Tags.Contains(tag));
        if (After is not null)
        {
            var after = Guid.Parse(After);
            jobs = jobs.Where(job => job.Id < after);
        }
        return jobs;
    }
}
