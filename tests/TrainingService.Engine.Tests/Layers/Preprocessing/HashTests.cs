using System.Text;
using TrainingService.Contracts.Layers;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Tests.Training;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Tests.Layers.Preprocessing;

[Collection(TrainingCollection.Name)]
public sealed class HashTests
{
    /// <summary>Figures that BigQuery's and Guava's documentation give for FarmHash's Fingerprint64.</summary>
    [Theory]
    [InlineData("1footrue", 1, -1541654101129638711)]
    [InlineData("2applefalse", 1, 2794438866806483259)]
    [InlineData("3true", 1, -4880158226897771312)]
    [InlineData("test", 1, 8581389452482819506)]
    [InlineData("test", 8, -4196240717365766262)]
    [InlineData("test", 64, 3500507768004279527)]
    public void Farmhash_is_the_published_fingerprint(string text, int times, long expected) =>
        Assert.Equal(expected, (long)FarmHash.Fingerprint64(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(text, times)))));

    /// <summary>The example of the paper's appendix.</summary>
    [Fact]
    public void Siphash_is_the_papers()
    {
        var message = Enumerable.Range(0, 15).Select(value => (byte)value).ToArray();
        Assert.Equal(0xa129ca6149be45e5, SipHash.Hash64(message, 0x0706050403020100, 0x0f0e0d0c0b0a0908));
    }

    [Fact]
    public void Texts_and_numbers_fall_into_the_bins_of_Keras()
    {
        var words = TextValue.Column(["omar", "stringer", "marlo", "wire", "skywalker"]);
        Assert.Equal([0, 0, 1, 0, 0], Bins(new Specs.Hashing(2), words));
        Assert.Equal([1, 1, 2, 1, 1], Bins(new Specs.Hashing(3, new Token("", IsNumber: false)), words));
        Assert.Equal([0, 1, 0, 1, 0], Bins(new Specs.Hashing(2, Salt: new Integers([133, 137])), words));
        Assert.Equal([1, 0, 1, 0, 1], Bins(new Specs.Hashing(2, Salt: new Integers([211, 137])), words));
        Assert.Equal([1, 0, 1, 0, 2], Bins(new Specs.Hashing(3), new TensorValue(TorchSharp.torch.arange(5L))));
        Assert.Equal([2, 2, 1], Bins(new Specs.Hashing(3, OutputMode: CategoryOutput.Count), new TensorValue(TorchSharp.torch.arange(5L))));
    }

    [Fact]
    public void A_mask_value_of_another_kind_masks_nothing()
    {
        var text = new Specs.Hashing(3, new Token("1", IsNumber: false));
        var number = new Specs.Hashing(3, new Token("1", IsNumber: true));
        Assert.NotEqual(0, Bins(text, new TensorValue(TorchSharp.torch.ones(1, TorchSharp.torch.int64)))[0]);
        Assert.Equal(0, Bins(number, new TensorValue(TorchSharp.torch.ones(1, TorchSharp.torch.int64)))[0]);
        Assert.Equal(0, Bins(text, TextValue.Column(["1"]))[0]);
    }

    private static float[] Bins(Specs.Hashing spec, HostValue input)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var layer = Made.Of<Engine.Layers.Hashing>(spec, [.. input.Dims]);
        return ((TensorValue)layer.Apply(input)).Tensor.Values();
    }
}
