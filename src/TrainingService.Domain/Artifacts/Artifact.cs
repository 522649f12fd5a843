namespace TrainingService.Domain.Artifacts;

/// <summary>A file of a job. The row appears after its bytes are safe; the bytes are found by their digest.</summary>
public sealed class Artifact
{
    public required Guid JobId { get; init; }

    public required string Name { get; init; }

    public required int Attempt { get; init; }

    public required string Kind { get; init; }

    public required string MediaType { get; init; }

    public required long SizeBytes { get; init; }

    /// <summary>Lower-case hex.</summary>
    public required string Sha256 { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
