using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using TrainingService.Contracts.Memory;

namespace TrainingService.Domain.Jobs;

/// <summary>Section <c>Jobs</c>.</summary>
public sealed class JobOptions
{
    /// <summary>Claims that count, after which the next claim writes <c>failed</c>/<c>poison</c>.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; init; } = 3;

    /// <summary>How long a worker may be silent before its job goes to another.</summary>
    [Range(1, 3_600)]
    public int LeaseSeconds { get; init; } = 15;

    /// <summary>Pause before a job whose trainer died is tried again; each further pause is longer by <see cref="RetryFactor"/>.</summary>
    [Range(0.0, 3_600)]
    public double RetrySeconds { get; init; } = 1;

    /// <summary>1 s, 5 s, 25 s, …</summary>
    [Range(1.0, 100)]
    public double RetryFactor { get; init; } = 5;

    /// <summary>The longest pause.</summary>
    [Range(0.0, 86_400)]
    public double LongestRetrySeconds { get; init; } = 600;

    /// <summary>
    /// Jobs that need more memory are refused when they are submitted. Default: where this program starts the worker itself, what that one has
    /// for a job; otherwise none but 1 TiB, as each worker has a limit of its own.
    /// </summary>
    [Range(1L << 20, MemoryEstimate.MostBytes)]
    public long MaxMemoryBytes { get; init; } = MemoryEstimate.MostBytes;

    /// <summary>The pause after so many attempts that count.</summary>
    public TimeSpan RetryDelay(int counted) =>
        TimeSpan.FromSeconds(Math.Min(LongestRetrySeconds, RetrySeconds * Math.Pow(RetryFactor, Math.Max(0, counted - 1))));
}

[OptionsValidator]
internal sealed partial class JobOptionsValidator : IValidateOptions<JobOptions>;
