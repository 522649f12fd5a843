using System.Text.Json;
using TrainingService.Contracts.Jobs;

namespace TrainingService.Domain.Jobs;

/// <summary>A run of a job: added by the claim, closed by whatever ends it, in the same statement.</summary>
public sealed class JobAttempt
{
    public required Guid JobId { get; init; }

    public required int Attempt { get; init; }

    /// <summary>Which worker.</summary>
    public required string Owner { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>When somebody else ended it: its worker was silent. Nothing that it wrote later is there.</summary>
    public DateTimeOffset? FencedAt { get; private set; }

    /// <summary>Set with <see cref="EndedAt"/>.</summary>
    public AttemptOutcome? Outcome { get; private set; }

    /// <summary>The trainer's, where the worker knew it.</summary>
    public int? ExitCode { get; private set; }

    public JsonDocument? Error { get; private set; }

    /// <summary>Epochs finished at the checkpoint it went on from; null when it began anew.</summary>
    public int? ResumedFromEpoch { get; private set; }

    public long? ResumedFromStep { get; private set; }
}
