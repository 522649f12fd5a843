using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

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
}

[OptionsValidator]
internal sealed partial class JobOptionsValidator : IValidateOptions<JobOptions>;
