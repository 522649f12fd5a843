using TrainingService.Contracts.Jobs;

namespace TrainingService.Domain.Tests.Simulation;

public sealed class SimulationTests
{
    private const int Seeds = 10_000;

    /// <summary><c>SIMULATION_SEED</c> runs one seed, the one that a failure names.</summary>
    [Fact]
    public void S1_whatever_fails_every_job_comes_to_one_end_and_nothing_is_lost_or_doubled()
    {
        IEnumerable<int> seeds = int.TryParse(Environment.GetEnvironmentVariable("SIMULATION_SEED"), out var only) ? [only] : Enumerable.Range(0, Seeds);

        var violations = seeds.AsParallel().SelectMany(seed => Violations(seed, Mutant.None).Select(violation => $"seed {seed}: {violation}")).Take(10).ToList();

        Assert.True(violations.Count == 0, string.Join('\n', violations));
    }

    /// <summary>An invariant is only worth what it catches.</summary>
    [Theory]
    [InlineData(Mutant.NoFence)]
    [InlineData(Mutant.EarlyAcknowledgement)]
    [InlineData(Mutant.BigserialOrder)]
    [InlineData(Mutant.NoWriteIds)]
    [InlineData(Mutant.ForgottenRows)]
    [InlineData(Mutant.NoLimit)]
    public void S1_a_store_or_worker_with_a_mistake_is_caught(Mutant mutant)
    {
        var caught = Enumerable.Range(0, 300).Select(seed => (Seed: seed, Violation: Violations(seed, mutant).FirstOrDefault())).Where(run => run.Violation is not null).ToList();

        TestContext.Current.TestOutputHelper!.WriteLine($"{mutant}: {caught.Count} of 300 seeds; seed {caught.FirstOrDefault().Seed}: {caught.FirstOrDefault().Violation}");
        Assert.NotEmpty(caught);
    }

    [Fact]
    public void S1_the_seeds_reach_every_end()
    {
        var jobs = Enumerable.Range(0, 500).SelectMany(seed =>
        {
            var simulation = new Simulation(seed, Mutant.None);
            simulation.Run();
            return simulation.Store.Jobs.Values;
        }).ToList();

        Assert.Equal([JobStatus.Succeeded, JobStatus.Failed, JobStatus.Cancelled], jobs.Select(job => job.Status).Distinct().Order());
        Assert.Equal(Enum.GetValues<AttemptOutcome>(), jobs.SelectMany(job => job.Attempts.Values).Select(attempt => attempt.Outcome!.Value).Distinct().Order());
        Assert.Superset(new HashSet<StopReason?> { StopReason.Poison, StopReason.Stalled, StopReason.MaxPending, StopReason.NanLoss }, jobs.Select(job => job.StopReason).ToHashSet());
    }

    [Fact]
    public void S1_a_seed_always_tells_the_same_story() =>
        Assert.Equal(Story(7), Story(7));

    private static List<string> Violations(int seed, Mutant mutant)
    {
        var simulation = new Simulation(seed, mutant);
        simulation.Run();
        return [.. simulation.Ledger.Violations(simulation.Store)];
    }

    private static string Story(int seed)
    {
        var simulation = new Simulation(seed, Mutant.None);
        simulation.Run();
        return string.Join("\n\n", simulation.Store.Jobs.Values.Select(job => $"{job.Id}\n{job.Describe()}"));
    }
}
