using System.ComponentModel;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Jobs;

/// <summary>Which jobs a list shows. Pages are cut by id, which grows with time, so that new jobs shift nothing.</summary>
internal sealed partial class JobListQuery
{
    public const int DefaultLimit = 20;
    public const int MaxLimit = 1_000;

    /// <summary>Jobs per page, 1 to 1000. Default: 20.</summary>
    [FromQuery(Name = "limit"), DefaultValue(DefaultLimit)]
    public int? Limit { get; init; }

    /// <summary>The previous page's <c>next_cursor</c>; the first page without.</summary>
    [FromQuery(Name = "after")]
    public string? After { get; init; }

    /// <summary>Only jobs of this status (queued, running, paused, succeeded, failed, cancelled); give it several times for several.</summary>
    [FromQuery(Name = "status")]
    public string[]? Status { get; init; }

    /// <summary>Only jobs with this tag.</summary>
    [FromQuery(Name = "tag")]
    public string? Tag { get; init; }

    /// <summary>Only jobs of this queue.</summary>
    [FromQuery(Name = "queue")]
    public string? Queue { get; init; }

    /// <summary>Only jobs that continue or clone this one.</summary>
    [FromQuery(Name = "parent_id")]
    public Guid? ParentId { get; init; }

    /// <summary>false leaves archived jobs out, true shows no others. Default: false.</summary>
    [FromQuery(Name = "archived"), DefaultValue(false)]
    public bool? Archived { get; init; }

    public IReadOnlyList<Violation> Violations()
    {
        var violations = new List<Violation>();
        if (Limit is < 1 or > MaxLimit)
            violations.Add(new Violation("?limit", ViolationCodes.OutOfRange, $"limit: expected 1 to {MaxLimit}. Received: {Limit}"));
        if (After is not null && !Guid.TryParse(After, out _))
            violations.Add(new Violation("?after", ViolationCodes.InvalidFormat, $"after: expected a page's next_cursor. Received: {After}"));
        if (Queue is not null && !QueueName().IsMatch(Queue))
            violations.Add(new Violation("?queue", ViolationCodes.InvalidFormat, $"queue: expected the name of a queue, such as cpu or gpu. Received: {Queue}"));
        if (Tag is not null && Tag.Contains('\0', StringComparison.Ordinal))
            violations.Add(new Violation("?tag", ViolationCodes.InvalidText, "tag: expected a text without NUL."));
        foreach (var status in (Status ?? []).Where(status => !Statuses.ContainsKey(status)))
            violations.Add(new Violation("?status", ViolationCodes.UnknownValue,
                $"status: expected one of {string.Join(", ", Statuses.Keys)}. Received: {status}"));
        return violations;
    }

    private static readonly Dictionary<string, JobStatus> Statuses = Enum.GetValues<JobStatus>().ToDictionary(status => status.ToText());

    [GeneratedRegex($"^(?:{JobSpec.QueueName})$")]
    private static partial Regex QueueName();

    public IQueryable<TrainingJob> Filter(IQueryable<TrainingJob> jobs)
    {
        jobs = Archived == true ? jobs.Where(job => job.ArchivedAt != null) : jobs.Where(job => job.ArchivedAt == null);
        if (Queue is { } queue)
            jobs = jobs.Where(job => job.Queue == queue);
        if (ParentId is { } parent)
            jobs = jobs.Where(job => job.ParentId == parent);
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
