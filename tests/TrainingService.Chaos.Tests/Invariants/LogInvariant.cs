using TrainingService.Chaos.Tests.Service;

namespace TrainingService.Chaos.Tests.Invariants;

/// <summary>I22: no program died of an exception that nobody caught, and PostgreSQL had no panic.</summary>
internal static class LogInvariant
{
    private static readonly string[] Forbidden = ["Unhandled exception", "deadlock detected", "UnobservedTaskException"];

    public static IReadOnlyList<string> Check(ServiceUnderFault service)
    {
        var violations = new List<string>();
        foreach (var program in service.Workers.Append(service.Api))
            violations.AddRange(
                from line in program.Log.Split('\n')
                where Forbidden.Any(words => line.Contains(words, StringComparison.OrdinalIgnoreCase))
                select $"I22 logs have nothing that nobody expected. Found: {program.Name}: {line}");
        violations.AddRange(service.Postgres.Log.Split('\n').Where(line => line.Contains("PANIC", StringComparison.Ordinal)).Select(line => $"I22 PostgreSQL does not panic. Found: {line}"));
        return violations;
    }
}
