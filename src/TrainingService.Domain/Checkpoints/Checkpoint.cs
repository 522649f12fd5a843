namespace TrainingService.Domain.Checkpoints;

/// <summary>The whole state of a training, from which another run goes on. The row appears after its bytes are safe, as an artifact's does.</summary>
public sealed class Checkpoint
{
    public required Guid JobId { get; init; }

    /// <summary>Rising within the job.</summary>
    public required long Number { get; init; }

    /// <summary>The attempt that wrote it; 0 when it is the parent's, from which this job goes on.</summary>
    public required int Attempt { get; init; }

    /// <summary>Epochs finished.</summary>
    public required int Epoch { get; init; }

    /// <summary>Batches done of the epoch after them; 0 between epochs.</summary>
    public required long Step { get; init; }

    /// <summary>It was the best when it was written.</summary>
    public required bool IsBest { get; init; }

    /// <summary>Lower-case hex.</summary>
    public required string Sha256 { get; init; }

    public required long SizeBytes { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Whether it is another job's, taken over when this one was made.</summary>
    public bool IsParents => Attempt == 0;
}
