using System.Text.Json;
using TrainingService.Contracts.Jobs;

namespace TrainingService.Domain.Jobs;

/// <summary>A job that is ours until the lease ends.</summary>
/// <param name="Attempt">The fencing token: every later write names it.</param>
/// <param name="CancelRequested">Somebody asked to cancel before the claim.</param>
public sealed record Claim(Guid JobId, int Attempt, JobSpec Spec, bool CancelRequested);

/// <param name="Held">False when the lease is lost: stop, and write nothing more.</param>
/// <param name="CancelRequested">Somebody asked to cancel.</param>
public sealed record LeaseState(bool Held, bool CancelRequested);

/// <summary>An event without its number, which the store gives.</summary>
public sealed record NewEvent(string Type, JsonElement Data);

/// <summary>What changes in the job's row together with its events; null leaves a value as it is.</summary>
/// <param name="Metrics">Laid over the figures that are there; a figure that is not finite becomes null.</param>
public sealed record JobUpdate(JobPhase? Phase = null, int? Epoch = null, IReadOnlyDictionary<string, double?>? Metrics = null);

/// <summary>What a request to cancel came to.</summary>
public enum CancelOutcome
{
    NotFound,
    AlreadyEnded,

    /// <summary>It was queued and is cancelled now.</summary>
    Cancelled,

    /// <summary>It is running; its worker was told.</summary>
    Requested,
}
