using System.Text.Json;

namespace TrainingService.Domain.Datasets;

/// <summary>A row of a version's events: numbered without gaps, written once, never changed.</summary>
public sealed class StoredDatasetEvent
{
    public required Guid VersionId { get; init; }

    public required long Seq { get; init; }

    public required int Attempt { get; init; }

    public required string Type { get; init; }

    public required JsonDocument Data { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
