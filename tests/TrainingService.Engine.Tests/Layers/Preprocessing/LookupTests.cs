using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Tests.Training;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Tests.Layers.Preprocessing;

/// <summary>Facts that Keras's own tests and documentation state.</summary>
[Collection(TrainingCollection.Name)]
public sealed class LookupTests
{
    private static readonly string[] Words = ["foo", "bar", "baz"];

    [Theory]
    [InlineData(CategoryOutput.MultiHot, new[] { 0f, 1, 1, 0, 0, 1, 0, 1 })]
    [InlineData(CategoryOutput.Count, new[] { 0f, 1, 1, 0, 0, 2, 0, 1 })]
    public void Texts_become_sets_and_counts(CategoryOutput mode, float[] expected) =>
        Assert.Equal(expected, Vectorize(new(OutputMode: mode, Vocabulary: Words), "foo bar", "baz foo foo"));

    [Fact]
    public void Texts_are_standardized_and_split_as_asked()
    {
        Assert.Equal([2, 3, 4, 5, 1, 1, 6, 7], Vectorize(new(Vocabulary: ["hello", "world", "this", "is", "nice", "test"]), "Hello, World!. This is just a nice test!"));
        Assert.Equal([2, 3, 4], Vectorize(new(Standardize: TextStandardization.StripPunctuation, Vocabulary: ["Hello", "World", "Test"]), "Hello, World! Test."));
        Assert.Equal([2, 1], Vectorize(new(Standardize: null, Vocabulary: ["Hello", "world"]), "Hello hello"));
        Assert.Equal([2, 3, 4, 1], Vectorize(new(Split: TextSplit.Character, Vocabulary: ["a", "b", "c", "d", "e"]), "abcf"));
        Assert.Equal([2, 1], Vectorize(new(Vocabulary: ["é"]), "é É")); // only ASCII has cases
    }

    [Fact]
    public void Runs_of_tokens_are_learned()
    {
        using var scope = torch.NewDisposeScope();
        Assert.Equal(["", "[UNK]", "foo bar", "foo", "baz", "bar baz", "bar"], Learned(new Specs.TextVectorization(Ngrams: new Integers(2)), "foo bar baz"));
        Assert.Equal(["", "[UNK]", "foo bar baz", "foo", "baz", "bar"], Learned(new Specs.TextVectorization(Ngrams: new Integers([1, 3])), "foo bar baz"));
        Assert.Equal(5, Learned(new Specs.TextVectorization(5), "a b c d e f g").Count);
    }

    [Fact]
    public void Rows_reach_max_tokens_when_asked() =>
        Assert.Equal(8, Vectorize(new(8, OutputMode: CategoryOutput.MultiHot, PadToMaxTokens: true, Vocabulary: ["foo", "bar"]), "foo bar").Length);

    [Fact]
    public void Sequences_are_cut_and_filled_up()
    {
        Assert.Equal([2, 3, 2, 0], Vectorize(new(OutputSequenceLength: 2, Vocabulary: Words), "foo bar baz", "foo"));
        Assert.Equal([2, 3, 4, 2, 0, 0], Vectorize(new(Vocabulary: Words), "foo bar baz", "foo"));
    }

    [Fact]
    public void Unknown_tokens_share_several_numbers()
    {
        using var scope = torch.NewDisposeScope();
        using var integers = Made.Of<Engine.Layers.IntegerLookup>(new Specs.IntegerLookup([10, 20]) { NumOovIndices = 3 }, [4]);
        Assert.Equal([3, 4, 1, 2], integers.Call(torch.tensor(new long[] { 10, 20, 7, -1 }), new CallContext(false)).Values());
        using var texts = Made.Of<Engine.Layers.StringLookup>(new Specs.StringLookup(["a"]) { NumOovIndices = 2, Salt = new Integers([133, 137]) }, [2]);
        var numbers = ((TensorValue)texts.Apply(TextValue.Column(["a", "omar", "stringer"]))).Tensor.Values();
        Assert.Equal([2, 0, 1], numbers); // Hashing with this salt says 0 and 1 too
    }

    [Fact]
    public void Without_numbers_for_unknown_tokens_they_are_an_error()
    {
        using var scope = torch.NewDisposeScope();
        using var layer = Made.Of<Engine.Layers.IntegerLookup>(new Specs.IntegerLookup([1, 2]) { NumOovIndices = 0 }, [1]);
        Assert.Equal([0], layer.Call(torch.tensor(new long[] { 1 }), new CallContext(false)).Values());
        Assert.Throws<ArgumentException>(() => layer.Call(torch.tensor(new long[] { 3 }), new CallContext(false)));
    }

    [Fact]
    public void Numbers_become_tokens_again()
    {
        using var scope = torch.NewDisposeScope();
        using var layer = Made.Of<Engine.Layers.StringLookup>(new Specs.StringLookup(["a", "b"], "[MASK]") { Invert = true }, [4]);
        var texts = (TextValue)layer.Apply(new TensorValue(torch.tensor(new long[] { 2, 3, 0, 1 })));
        Assert.Equal(["a", "b", "[MASK]", "[UNK]"], texts.Values);
        using var integers = Made.Of<Engine.Layers.IntegerLookup>(new Specs.IntegerLookup([7, 8]) { Invert = true }, [3]);
        Assert.Equal([7, 8, -1], integers.Call(torch.tensor(new long[] { 1, 2, 0 }), new CallContext(false)).Values());
    }

    [Fact]
    public void Special_tokens_at_the_start_of_a_vocabulary_are_counted_once()
    {
        using var scope = torch.NewDisposeScope();
        using var layer = Made.Of<Engine.Layers.StringLookup>(new Specs.StringLookup(["[MASK]", "[UNK]", "a"], "[MASK]"), [3]);
        Assert.Equal(["[MASK]", "[UNK]", "a"], layer.Vocabulary);
        Assert.Equal([2, 1, 0], ((TensorValue)layer.Apply(TextValue.Column(["a", "x", "[MASK]"]))).Tensor.Values());
    }

    [Fact]
    public void What_is_learned_over_several_batches_is_what_one_batch_teaches()
    {
        using var scope = torch.NewDisposeScope();
        using var generator = new torch.Generator(3);
        var data = torch.randn(600, 3, generator: generator) * 3 + 2;
        using var whole = Made.Of<Engine.Layers.Normalization>(new Specs.Normalization(), [-1, 3]);
        using var parts = Made.Of<Engine.Layers.Normalization>(new Specs.Normalization(), [-1, 3]);
        Adapt(whole, data);
        Adapt(parts, data.narrow(0, 0, 100), data.narrow(0, 100, 37), data.narrow(0, 137, 463));
        foreach (var (expected, received) in whole.Weights.Zip(parts.Weights))
            Assert.All(expected.Value.Values().Zip(received.Value.Values()), pair => Assert.Equal(pair.First, pair.Second, 4));
        var normalized = whole.Call(data, new CallContext(false));
        Assert.All(normalized.mean([0]).Values(), mean => Assert.Equal(0, mean, 4));
        Assert.All(normalized.var(0, unbiased: false).Values(), variance => Assert.Equal(1, variance, 3));
    }

    [Fact]
    public void Learned_bins_hold_equal_shares()
    {
        using var scope = torch.NewDisposeScope();
        using var generator = new torch.Generator(3);
        using var layer = Made.Of<Engine.Layers.Discretization>(new Specs.Discretization(NumBins: 5, Epsilon: 0.001), [-1]);
        var data = torch.randn(20_000, generator: generator);
        Adapt(layer, [.. data.chunk(7)]);
        var counts = layer.Call(data, new CallContext(false)).bincount(null, 5);
        Assert.All(counts.Values(), count => Assert.InRange(count, 3_800, 4_200));
    }

    [Fact]
    public void What_is_given_is_not_learned()
    {
        using var scope = torch.NewDisposeScope();
        using var layer = Made.Of<Engine.Layers.StringLookup>(new Specs.StringLookup(["a"]), [1]);
        Assert.False(layer.Adapts);
        Assert.Throws<InvalidOperationException>(() => layer.Update(TextValue.Column(["b"])));
        using var unknown = Made.Of<Engine.Layers.StringLookup>(new Specs.StringLookup(), [1]);
        Assert.Throws<InvalidOperationException>(() => unknown.Apply(TextValue.Column(["b"])));
        Assert.Throws<InvalidOperationException>(unknown.Finish);
    }

    private static void Adapt(IAdaptable layer, params torch.Tensor[] batches)
    {
        layer.Reset();
        foreach (var batch in batches)
            layer.Update(new TensorValue(batch));
        layer.Finish();
    }

    private static IReadOnlyList<string> Learned(Specs.TextVectorization spec, string text)
    {
        using var layer = Made.Of<Engine.Layers.TextVectorization>(spec, [-1]);
        layer.Reset();
        layer.Update(TextValue.Column([text]));
        layer.Finish();
        return layer.Vocabulary;
    }

    private static float[] Vectorize(Specs.TextVectorization spec, params string[] texts)
    {
        using var scope = torch.NewDisposeScope();
        using var layer = Made.Of<Engine.Layers.TextVectorization>(spec, [texts.Length]);
        var output = ((TensorValue)layer.Apply(TextValue.Column(texts))).Tensor;
        Assert.True(layer.OutputShape.IsCompatibleWith(new(output.shape.Select(size => (long?)size))));
        return output.Values();
    }
}
