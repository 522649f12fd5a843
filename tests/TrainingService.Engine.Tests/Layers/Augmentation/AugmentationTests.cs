using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Engine.Tests.Training;
using static TorchSharp.torch;

namespace TrainingService.Engine.Tests.Layers.Augmentation;

/// <summary>What holds for every layer that changes images at random.</summary>
[Collection(TrainingCollection.Name)]
public sealed class AugmentationTests
{
    /// <summary>Every random layer, strong enough to be seen on images of bytes.</summary>
    private static readonly ImageLayerSpec[] Random =
    [
        new RandomFlip(), new RandomRotation(new Factor(0.3)), new RandomTranslation(new Factor(0.4), new Factor(0.4)), new RandomZoom(new Factor(0.5)),
        new RandomShear(new Factor(0.3, 0.9), new Factor(0.3, 0.9)), new RandomPerspective(), new RandomElasticTransform(Scale: new Factor(0.8, 1)),
        new RandomBrightness(new Factor(0.4)), new RandomContrast(new Factor(0.9)), new RandomHue(new Factor(0.9)), new RandomSaturation(new Factor(0.1, 0.9), new ValueRange(0, 1)),
        new RandomSharpness(new Factor(1)), new RandomColorDegeneration(new Factor(0.2, 0.9)),
        new RandomColorJitter(null, new Factor(0.3), new Factor(0.4), new Factor(0.2, 0.8), new Factor(0.4)), new RandomGrayscale(), new RandomInvert(new Factor(0.5, 0.5)),
        new Solarization(new Factor(0.5), new Factor(0.5)), new RandomPosterization(new Factor(1, 6)), new RandomGaussianBlur(new Factor(0.5, 0.5)),
        new RandomErasing(Scale: new Factor(0.2, 0.5)), new MixUp(1), new CutMix(),
    ];

    public static TheoryData<int> Layers => new(Enumerable.Range(0, Random.Length));

    [Theory, MemberData(nameof(Layers))]
    public void The_same_seed_gives_the_same_images_and_another_seed_others(int number)
    {
        using var scope = NewDisposeScope();
        var images = Images(12);
        var first = Made.Call(Random[number], images, seed: 1);
        Assert.True(first.Same(Made.Call(Random[number], images, seed: 1)), $"{Random[number]}");
        Assert.False(first.Same(Made.Call(Random[number], images, seed: 2)), $"{Random[number]}");
    }

    [Theory, MemberData(nameof(Layers))]
    public void Images_of_one_batch_change_differently(int number)
    {
        if (Random[number] is MixUp or CutMix)
            return; // they take from other images, which are all the same here
        using var scope = NewDisposeScope();
        var images = Images(1).expand(24, -1, -1, -1);
        var changed = Made.Call(Random[number], images);
        Assert.False(changed.Same(images), $"{Random[number]} changes nothing");
        Assert.False((changed - changed.narrow(0, 0, 1)).abs().max().less(1e-4).item<bool>(), $"{Random[number]} changes all alike");
    }

    [Theory, MemberData(nameof(Layers))]
    public void Values_stay_in_their_range(int number)
    {
        using var scope = NewDisposeScope();
        var changed = Made.Call(Random[number], Images(12));
        Assert.Equal(float32, changed.dtype);
        Assert.InRange(changed.min().item<float>(), -1e-3f, 255);
        Assert.InRange(changed.max().item<float>(), 0, 255.001f);
    }

    [Theory, MemberData(nameof(Layers))]
    public void Outside_of_training_nothing_changes(int number)
    {
        using var scope = NewDisposeScope();
        var images = Images(3);
        Assert.True(images.Same(Made.Call(Random[number], images, training: false)), $"{Random[number]}");
    }

    [Theory, MemberData(nameof(Layers))]
    public void The_data_format_changes_nothing_but_the_axes(int number)
    {
        using var scope = NewDisposeScope();
        var images = Images(6);
        var expected = Made.Call(Random[number], images);
        var first = Made.Call(Random[number] with { DataFormat = DataFormat.ChannelsFirst }, images.permute(0, 3, 1, 2));
        Assert.True(expected.Same(first.permute(0, 2, 3, 1)), $"{Random[number]}");
    }

    [Theory, MemberData(nameof(Layers))]
    public void One_image_is_a_batch_of_one(int number)
    {
        using var scope = NewDisposeScope();
        var image = Images(1);
        Assert.True(Made.Call(Random[number], image).squeeze(0).Same(Made.Call(Random[number], image.squeeze(0))), $"{Random[number]}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Mixtures_of_changes_stay_in_range_and_repeat(bool augmix)
    {
        using var scope = NewDisposeScope();
        ImageLayerSpec spec = augmix ? new AugMix() : new RandAugment();
        var images = Images(4);
        foreach (var seed in Enumerable.Range(1, 12))
        {
            var changed = Made.Call(spec, images, seed: seed);
            Assert.True(changed.Same(Made.Call(spec, images, seed: seed)));
            Assert.True(changed.isfinite().all().item<bool>());
            Assert.InRange(changed.max().item<float>(), 0, 255.001f);
        }
        Assert.True(images.Same(Made.Call(spec, images, training: false)));
    }

    /// <summary>(count, 16, 12, 3) of bytes that differ everywhere.</summary>
    internal static Tensor Images(long count)
    {
        using var generator = new Generator(5);
        return randint(0, 256, [count, 16, 12, 3], generator: generator).to(float32);
    }
}
