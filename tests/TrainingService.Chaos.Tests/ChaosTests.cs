using System.Globalization;
using TrainingService.Chaos.Tests.Faults;

namespace TrainingService.Chaos.Tests;

/// <summary>Everything at once: jobs, faults from a seed, and then every invariant.</summary>
public sealed class ChaosTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>As many faults as fit into the time; <c>tests/chaos.sh</c> takes any other seed, and longer.</summary>
    [Theory]
    [Trait("Runs", "always")]
    [InlineData(1)]
    public async Task S3_forty_seconds_of_faults_lose_nothing_and_run_nothing_twice(int seed)
    {
        var told = new List<string>();
        var violations = await new ChaosRun(seed, TimeSpan.FromSeconds(40), FaultList.All, told.Add).RunAsync(Ct);
        Assert.True(violations.Count == 0, $"{string.Join('\n', violations)}\n{string.Join('\n', told)}");
    }

    /// <summary>What <c>tests/chaos.sh</c> runs.</summary>
    [Fact(Explicit = true)]
    public async Task S3_any_seed_for_any_time()
    {
        var seed = int.Parse(Setting("CHAOS_SEED"), CultureInfo.InvariantCulture);
        var minutes = double.Parse(Setting("CHAOS_MINUTES"), CultureInfo.InvariantCulture);
        var chosen = Setting("CHAOS_FAULTS").Split(',', StringSplitOptions.RemoveEmptyEntries);
        var faults = chosen.Length == 0 ? FaultList.All : [.. FaultList.All.Where(fault => chosen.Contains(fault.Id))];
        Assert.Empty(await new ChaosRun(seed, TimeSpan.FromMinutes(minutes), faults, Console.Out.WriteLine).RunAsync(Ct));
    }

    private static string Setting(string name) => Environment.GetEnvironmentVariable(name) ?? "";
}
