using TrainingService.Contracts.Json.Reading;

namespace TrainingService.Contracts.Tests.Json;

public sealed class NearMissTests
{
    [Theory]
    [InlineData("optimizer", "optimizer", 0)]
    [InlineData("optimzer", "optimizer", 1)]
    [InlineData("lsos", "loss", 1)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("", "loss", 4)]
    [InlineData("ca", "abc", 3)]
    public void Distance_counts_inserts_deletes_replacements_and_swaps(string a, string b, int edits)
    {
        Assert.Equal(edits, NearMiss.Distance(a, b));
        Assert.Equal(edits, NearMiss.Distance(b, a));
    }

    [Fact]
    public void The_closest_word_wins_and_a_far_one_is_no_hint()
    {
        Assert.Equal("metrics", NearMiss.Find("metric", ["loss", "metrics", "weighted_metrics"]));
        Assert.Equal("Dense", NearMiss.Find("dense", ["Dropout", "Dense"]));
        Assert.Null(NearMiss.Find("banana", ["loss", "optimizer"]));
        Assert.Null(NearMiss.Find(new string('a', 100_000), ["loss"]));
    }
}
