using System.Text.Json;

namespace TrainingService.Domain.Events;

/// <summary>A row of a job's events: numbered without gaps by the lease holder, written once, never changed.</summary>
public sealed class StoredEvent
{
    public required Guid JobId { get; init; }

    public required long Seq { get; init; }

    public required int Attempt { get; init; }

    public required string Type { get; init; }

    public required JsonDocument Data { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
