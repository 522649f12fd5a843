using TrainingService.Contracts.Jobs;

namespace TrainingService.Client;

/// <summary>The service refused a request; <see cref="Problem"/> says why.</summary>
public sealed class TrainingServiceException : Exception
{
    /// <summary>An answer of the service.</summary>
    /// <param name="problem">What the service said.</param>
    public TrainingServiceException(ProblemResponse problem)
        : base(Text(problem)) => Problem = problem;

    /// <summary>What the service said, with every violation.</summary>
    public ProblemResponse Problem { get; }

    /// <summary>When the service asks to come back (<c>Retry-After</c>); null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    private static string Text(ProblemResponse problem)
    {
        var lines = new List<string> { $"{problem.Status} {problem.Detail ?? problem.Title}" };
        foreach (var violation in problem.Errors ?? [])
            lines.Add($"  {violation.Pointer}: {violation.Message}{(violation.Hint is null ? "" : $" ({violation.Hint})")}");
        return string.Join('\n', lines);
    }
}
