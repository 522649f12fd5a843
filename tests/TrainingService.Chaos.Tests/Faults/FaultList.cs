namespace TrainingService.Chaos.Tests.Faults;

/// <summary>Every fault that a run with a seed may choose from.</summary>
internal static class FaultList
{
    public static IReadOnlyList<Fault> All { get; } = [.. ProcessFaults.All, .. DatabaseFaults.All, .. NetworkFaults.All, .. ClockFaults.All, .. Verbs.All];

    /// <summary>The faults in the order of their ids, again and again, shuffled each time: a short run sees as many as fit, a long one sees each several times.</summary>
    public static IEnumerable<(Fault Fault, int Seed, TimeSpan Pause)> Schedule(int seed, IReadOnlyList<Fault> faults)
    {
        var random = new Random(seed);
        while (true)
        {
            var round = faults.SelectMany(fault => Enumerable.Repeat(fault, fault.Weight)).ToArray();
            random.Shuffle(round);
            foreach (var fault in round)
                yield return (fault, random.Next(), TimeSpan.FromSeconds(0.5 + (random.NextDouble() * 2.5)));
        }
    }
}
