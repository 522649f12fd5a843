namespace TrainingService.Domain.Jobs;

/// <summary>That there was such a job once: deleting it again is no mistake.</summary>
public sealed class DeletedJob
{
    public required Guid Id { get; init; }

    public required DateTimeOffset DeletedAt { get; init; }
}
