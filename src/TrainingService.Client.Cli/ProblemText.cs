using TrainingService.Contracts.Jobs;

namespace TrainingService.Client.Cli;

/// <summary>A refusal, for reading.</summary>
internal static class ProblemText
{
    public static void Write(TextWriter output, ProblemResponse problem)
    {
        output.WriteLine($"Refused ({problem.Status}): {problem.Detail ?? problem.Title}");
        foreach (var violation in problem.Errors ?? [])
        {
            output.WriteLine($"  at {(violation.Pointer.Length == 0 ? "the top" : violation.Pointer)}");
            output.WriteLine($"     {violation.Message}");
            if (violation.Hint is not null)
                output.WriteLine($"     {violation.Hint}");
        }
        if (problem.Errors is null or [] && problem.TraceId is not null)
            output.WriteLine($"  trace {problem.TraceId}");
    }
}
