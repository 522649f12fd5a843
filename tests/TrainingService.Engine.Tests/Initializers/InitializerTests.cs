using TorchSharp;
using TrainingService.Contracts.Initializers;
using TrainingService.Engine.Initializers;
using TrainingService.Engine.Tests.Training;

namespace TrainingService.Engine.Tests.Initializers;

[Collection(TrainingCollection.Name)]
public class InitializerTests
{
    [Fact]
    public void A_weights_values_follow_from_its_seed_alone()
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor Draw(ulong seed) => InitializerTable.Create(new GlorotUniform(), [8, 8], seed);
        Assert.True(Draw(5).equal(Draw(5)).all().item<bool>());
        Assert.False(Draw(5).equal(Draw(6)).all().item<bool>());
        Assert.True(InitializerTable.Create(new GlorotUniform(Seed: 9), [8, 8], 1).equal(InitializerTable.Create(new GlorotUniform(Seed: 9), [8, 8], 2)).all().item<bool>());
    }

    [Fact]
    public void Axes_that_are_named_decide_the_fans()
    {
        using var scope = torch.NewDisposeScope();
        Assert.Equal((8.0, 96.0), Distributions.Fans([8, 12, 8], [0], [1, -1]));
        Assert.Equal((96.0, 64.0), Distributions.Fans([8, 12, 8], [0, 1], null));
        var values = InitializerTable.Create(new LecunUniform { InputAxes = [0], OutputAxes = [1, 2] }, [8, 40, 40], seed: 1);
        Assert.InRange(values.abs().max().item<float>(), 0.6f, Math.Sqrt(3.0 / 8));
    }

    [Theory]
    [InlineData(StftWindow.Hann, false, new[] { 0, 0.75, 0.75, 0 })]
    [InlineData(StftWindow.Hann, true, new[] { 0, 0.5, 1, 0.5 })]
    [InlineData(StftWindow.Triang, false, new[] { 0.25, 0.75, 0.75, 0.25 })]
    [InlineData(StftWindow.Bartlett, false, new[] { 0, 2 / 3.0, 2 / 3.0, 0 })]
    [InlineData(StftWindow.Parzen, false, new[] { 1 / 32.0, 23 / 32.0, 23 / 32.0, 1 / 32.0 })]
    [InlineData(StftWindow.Boxcar, false, new double[] { 1, 1, 1, 1 })]
    public void A_window_has_its_textbook_values(StftWindow window, bool periodic, double[] expected)
    {
        foreach (var (wanted, value) in expected.Zip(Windows.Create(window, 4, periodic)))
            Assert.Equal(wanted, value, 1e-12);
    }
}
