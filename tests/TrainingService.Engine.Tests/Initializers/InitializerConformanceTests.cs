using TorchSharp;
using TrainingService.Contracts.Initializers;
using TrainingService.Engine.Initializers;
using TrainingService.Engine.Tests.Conformance;
using TrainingService.Engine.Tests.Training;

namespace TrainingService.Engine.Tests.Initializers;

[Collection(TrainingCollection.Name)]
public class InitializerConformanceTests
{
    public static TheoryData<string> Exact => Keras.Ids("initializers", item => item.GetProperty("kind").GetString() == "initializer");

    public static TheoryData<string> Statistics => Keras.Ids("initializers", item => item.GetProperty("kind").GetString() == "initializer_statistics");

    [Theory, MemberData(nameof(Exact))]
    public void A_constant_initializer_gives_Kerass_values(string id)
    {
        using var scope = torch.NewDisposeScope();
        var item = Keras.Case("initializers", id);
        var expected = Keras.Tensor(item.GetProperty("expected"));
        Keras.Close(item, expected, InitializerTable.Create(Keras.Spec<InitializerSpec>(item), expected.shape, seed: 1), "values");
    }

    [Theory, MemberData(nameof(Statistics))]
    public void Samples_have_Kerass_bounds_and_spread(string id)
    {
        using var scope = torch.NewDisposeScope();
        var item = Keras.Case("initializers", id);
        var expected = item.GetProperty("expected");
        var shape = item.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
        var spec = Keras.Spec<InitializerSpec>(item);
        if (Keras.Has(expected, "fan_in", out var fanIn))
            Assert.Equal((fanIn.GetDouble(), expected.GetProperty("fan_out").GetDouble()), Distributions.Fans(shape));

        // Many tensors of the shape, because the spread of one says little; the fans stay those of the shape.
        var rounds = (int)(40_000 / shape.Aggregate(1L, (product, size) => product * size)) + 1;
        var samples = torch.cat([.. Enumerable.Range(0, rounds).Select(seed => InitializerTable.Create(spec, shape, (ulong)seed).view(-1))]);

        if (Keras.Has(expected, "minval", out var low) && Keras.Has(expected, "maxval", out var high))
        {
            var slack = 1e-6 * high.GetDouble();
            Assert.InRange(samples.min().item<float>(), low.GetDouble() - slack, high.GetDouble() + slack);
            Assert.InRange(samples.max().item<float>(), low.GetDouble() - slack, high.GetDouble() + slack);
        }
        var stddev = expected.GetProperty("stddev").GetDouble();
        Assert.InRange(samples.std().item<float>(), 0.98 * stddev, 1.02 * stddev);
        Assert.InRange(samples.mean().item<float>(), -0.03 * stddev, 0.03 * stddev);
    }

    [Fact]
    public void A_weights_values_follow_from_its_seed_alone()
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor Draw(ulong seed) => InitializerTable.Create(new GlorotUniform(), [8, 8], seed);
        Assert.True(Draw(5).equal(Draw(5)).all().item<bool>());
        Assert.False(Draw(5).equal(Draw(6)).all().item<bool>());
        Assert.True(InitializerTable.Create(new GlorotUniform(Seed: 9), [8, 8], 1).equal(InitializerTable.Create(new GlorotUniform(Seed: 9), [8, 8], 2)).all().item<bool>());
    }
}
