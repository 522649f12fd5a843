using TrainingService.Contracts.Events;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Tests.Training;

namespace TrainingService.Engine.Tests.Checkpoints;

/// <summary>A training that is killed at any batch and goes on elsewhere ends with the same bytes as one that was not.</summary>
[Collection(TrainingCollection.Name)]
public sealed class ResumeTests
{
    private static readonly Dictionary<string, Scenario> Scenarios = Scenario.All.Concat(Scenario.Optimizers).ToDictionary();

    public static TheoryData<string, int> All => [.. Scenario.All.Keys.SelectMany(name => new[] { (name, 1), (name, 2), (name, 3) }), .. Scenario.Optimizers.Keys.Select(name => (name, 4))];

    [Theory, MemberData(nameof(All))]
    public void I19_a_training_killed_at_a_random_batch_ends_with_the_same_bytes(string name, int seed)
    {
        var scenario = Scenarios[name];
        using var calm = new ResumedFit(scenario);
        Assert.True(calm.Run(from: null));
        var random = new System.Random(seed);
        string? from = null;
        ResumedFit? before = null;
        SortedDictionary<string, string> published = [];
        for (var kills = 0; ; kills++)
        {
            var run = new ResumedFit(scenario) { Published = published };
            // Killed twice, with checkpoints after batches or after epochs only.
            var ended = run.Run(from, kills < 2 ? random.Next(2, 12) + 4 * kills : null, everyBatch: seed % 2 == 1);
            from = run.Newest ?? from;
            if (ended)
            {
                Assert.Equal(calm.Result(), run.Result());
                before?.Dispose();
                run.Dispose();
                return;
            }
            if (run.Newest is null)
            {
                run.Dispose();
                continue;
            }
            before?.Dispose();
            before = run;
        }
    }

    [Fact]
    public void Every_callback_of_the_catalog_is_resumed_in_a_scenario() => Assert.Empty(
        CallbackTable.Covered.Select(type => type.Name).Except(Scenario.All.Values.SelectMany(scenario => scenario.Callbacks).Select(spec => spec.GetType().Name)));

    [Fact]
    public void F33_an_epoch_that_is_repeated_is_in_the_history_once()
    {
        var scenario = Scenario.All["files of callbacks"];
        using var first = new ResumedFit(scenario);
        Assert.False(first.Run(from: null, killAt: 9, everyBatch: false));
        Assert.Equal([1], first.Observer.Of<EpochEndEvent>().Select(epoch => epoch.Epoch));
        using var second = new ResumedFit(scenario);
        Assert.True(second.Run(first.Newest, everyBatch: false));
        Assert.Equal(new ResumedEvent(1, 0, 1), Assert.Single(second.Observer.Of<ResumedEvent>()));
        Assert.Equal([2, 3], second.Observer.Of<EpochEndEvent>().Select(epoch => epoch.Epoch));
        foreach (var (name, separator) in new[] { ("history.csv", ','), ("log.csv", ';') })
            Assert.Equal(["epoch", "0", "1", "2"], File.ReadAllLines(second.PathOf(name)).Select(line => line.Split(separator)[0]));
    }
}
