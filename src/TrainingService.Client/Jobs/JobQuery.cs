using System.Text.Json;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;

namespace TrainingService.Client.Jobs;

/// <summary>Which jobs a list shows, newest first.</summary>
public sealed record JobQuery
{
    /// <summary>Only jobs of this status. Default: all.</summary>
    public JobStatus? Status { get; init; }

    /// <summary>Only jobs with this tag. Default: all.</summary>
    public string? Tag { get; init; }

    /// <summary>Only jobs of this queue. Default: all.</summary>
    public string? Queue { get; init; }

    /// <summary>Only jobs that continue or clone this one. Default: all.</summary>
    public Guid? ParentId { get; init; }

    /// <summary>False leaves archived jobs out, true shows no others. Default: false.</summary>
    public bool Archived { get; init; }

    /// <summary>Jobs per request, 1 to 1000. Default: 50.</summary>
    public int PageSize { get; init; } = 50;

    internal string Path(string? after)
    {
        var path = $"v1/jobs?limit={PageSize}";
        if (Status is { } status)
            path += $"&status={JsonSerializer.SerializeToElement(status, ContractsJson.Options).GetString()}";
        if (Tag is not null)
            path += $"&tag={Uri.EscapeDataString(Tag)}";
        if (Queue is not null)
            path += $"&queue={Uri.EscapeDataString(Queue)}";
        if (ParentId is { } parent)
            path += $"&parent_id={parent}";
        if (Archived)
            path += "&archived=true";
        return after is null ? path : $"{path}&after={Uri.EscapeDataString(after)}";
    }
}
