namespace TrainingService.Domain.Workers;

/// <summary>A worker's sign of life. Goes when there has been none for a while.</summary>
public sealed class WorkerRow
{
    /// <summary>As in an attempt's owner.</summary>
    public required string Id { get; init; }

    public required string Host { get; init; }

    public required int Pid { get; init; }

    public required string Version { get; init; }

    public required string[] Queues { get; init; }

    public required string[] Devices { get; init; }

    public required int MaxConcurrentJobs { get; init; }

    public required int Running { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>By the database's clock.</summary>
    public DateTimeOffset SeenAt { get; private set; }
}
