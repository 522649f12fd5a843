using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Engine.Tests.Training;
using static TorchSharp.torch;

namespace TrainingService.Engine.Tests.Layers.Augmentation;

/// <summary>What single layers do to images, labels and boxes.</summary>
[Collection(TrainingCollection.Name)]
public sealed class ChangeTests
{
    [Fact]
    public void Half_of_the_images_are_mirrored()
    {
        using var scope = NewDisposeScope();
        var images = arange(12f).view(1, 3, 4, 1).expand(2_000, 3, 4, 1);
        var flipped = Made.Call(new RandomFlip(FlipMode.Horizontal), images);
        var mirrored = (flipped - images.flip(2)).abs().amax([1L, 2L, 3L]).eq(0);
        var same = (flipped - images).abs().amax([1L, 2L, 3L]).eq(0);
        Assert.True((mirrored | same).all().item<bool>());
        Assert.InRange(mirrored.sum().item<long>(), 900, 1_100);
    }

    [Fact]
    public void Half_a_turn_mirrors_both_ways()
    {
        using var scope = NewDisposeScope();
        var images = arange(50f).view(2, 5, 5, 1);
        var turned = Made.Call(new RandomRotation(new Factor(0.5, 0.5)), images);
        Assert.True(turned.allclose(images.flip([1L, 2L]), atol: 1e-3));
    }

    [Theory]
    [InlineData(FillMode.Wrap, new[] { 3f, 4, 0, 1, 2 })]
    [InlineData(FillMode.Reflect, new[] { 1f, 0, 0, 1, 2 })]
    [InlineData(FillMode.Nearest, new[] { 0f, 0, 0, 1, 2 })]
    [InlineData(FillMode.Constant, new[] { 9f, 9, 0, 1, 2 })]
    public void Beyond_the_border_lies_what_the_fill_mode_says(FillMode mode, float[] expected)
    {
        using var scope = NewDisposeScope();
        var row = arange(5f).view(1, 1, 5, 1);
        foreach (var interpolation in Enum.GetValues<SampleInterpolation>())
        {
            var moved = Made.Call(new RandomTranslation(new Factor(0), new Factor(0.4, 0.4), mode, interpolation, FillValue: 9), row);
            Assert.All(expected.Zip(moved.Values()), pair => Assert.Equal(pair.First, pair.Second, 4));
        }
    }

    [Fact]
    public void Between_pixels_lies_their_mean()
    {
        using var scope = NewDisposeScope();
        var moved = Made.Call(new RandomTranslation(new Factor(0), new Factor(-0.1, -0.1), FillMode.Nearest), arange(5f).view(1, 1, 5, 1));
        Assert.All(new[] { 0.5f, 1.5f, 2.5f, 3.5f, 4 }.Zip(moved.Values()), pair => Assert.Equal(pair.First, pair.Second, 4));
    }

    [Fact]
    public void Brightness_is_uniform_over_the_factor()
    {
        using var scope = NewDisposeScope();
        var grey = full([4_000, 1, 1, 1], 0.5f);
        var deltas = (Made.Call(new RandomBrightness(new Factor(-0.2, 0.4), new ValueRange(0, 1)), grey) - 0.5).flatten();
        Assert.InRange(deltas.min().item<float>(), -0.2f, -0.19f);
        Assert.InRange(deltas.max().item<float>(), 0.39f, 0.4f);
        Assert.InRange(deltas.mean().item<float>(), 0.09f, 0.11f);
        Assert.InRange(deltas.std().item<float>(), 0.168f, 0.178f); // 0.6 / √12
    }

    [Fact]
    public void A_chance_is_the_share_of_changed_images()
    {
        using var scope = NewDisposeScope();
        var images = AugmentationTests.Images(1).expand(3_000, -1, -1, -1).narrow(1, 0, 2).narrow(2, 0, 2);
        ImageLayerSpec[] layers = [new RandomGrayscale(0.3), new RandomInvert(new Factor(0.3, 0.3)), new RandomErasing(new Factor(0.3, 0.3), new Factor(1, 1), 0.0)];
        foreach (var layer in layers)
        {
            var changed = (Made.Call(layer, images) - images).abs().amax([1L, 2L, 3L]).greater(0).sum().item<long>();
            Assert.InRange(changed, 800, 1_000);
        }
    }

    [Fact]
    public void Grey_images_have_one_brightness_in_all_channels()
    {
        using var scope = NewDisposeScope();
        var images = AugmentationTests.Images(3);
        var grey = Made.Call(new RandomGrayscale(1), images);
        var expected = images.select(3, 0) * 0.2989 + images.select(3, 1) * 0.587 + images.select(3, 2) * 0.114;
        for (var channel = 0; channel < 3; channel++)
            Assert.True(expected.allclose(grey.select(3, channel), rtol: 1e-5));
    }

    [Fact]
    public void Hue_and_saturation_in_the_middle_change_nothing()
    {
        using var scope = NewDisposeScope();
        var images = AugmentationTests.Images(3);
        Assert.True(images.allclose(Made.Call(new RandomHue(new Factor(0, 0)), images), atol: 0.01));
        Assert.True(images.allclose(Made.Call(new RandomSaturation(new Factor(0.5, 0.5)), images), atol: 0.01));
        Assert.True(images.allclose(Made.Call(new RandomSharpness(new Factor(0.5, 0.5)), images), atol: 0.01));
        var grey = Made.Call(new RandomSaturation(new Factor(0, 0)), images);
        Assert.True(grey.allclose(images.amax([3L], keepdim: true).expand_as(images), atol: 0.01));
        // Two thirds of a half circle: red becomes green or blue.
        var red = tensor(new[] { 1f, 0, 0 }).view(1, 1, 1, 3).expand(20, 1, 1, 3);
        var turned = Made.Call(new RandomHue(new Factor(2.0 / 3, 2.0 / 3), new ValueRange(0, 1)), red);
        Assert.All(turned.select(3, 0).Values(), value => Assert.Equal(0, value, 4));
        Assert.InRange(turned.select(3, 1).sum().item<float>(), 1, 19);
    }

    [Theory]
    [InlineData(0, 255)]
    [InlineData(64, 191)]
    [InlineData(191, 64)]
    [InlineData(255, 0)]
    public void Solarization_inverts(int value, int expected)
    {
        using var scope = NewDisposeScope();
        Assert.All(Made.Call(new Solarization(), full([2, 2, 2, 3], (float)value)).Values(), received => Assert.Equal(expected, received, 3));
        var above = new Solarization(ThresholdFactor: new Factor(128.0 / 255, 128.0 / 255));
        Assert.Equal(value < 1 ? 0 : value > 128 ? expected : float.NaN, value is < 1 or > 128 ? Made.Call(above, full([1, 1, 1, 3], (float)value)).Values()[0] : float.NaN, 3);
    }

    [Fact]
    public void Posterization_keeps_the_highest_bits()
    {
        using var scope = NewDisposeScope();
        var images = arange(256f).view(1, 16, 16, 1);
        foreach (var bits in new[] { 1, 3, 8 })
        {
            var step = 1 << (8 - bits);
            Assert.True((images / step).floor().mul(step).Same(Made.Call(new RandomPosterization(new Factor(bits, bits)), images)), $"{bits}");
        }
    }

    [Fact]
    public void Mixed_labels_weigh_as_the_images_do()
    {
        using var scope = NewDisposeScope();
        var labels = eye(8);
        // Image i is i everywhere, so a mixture's value says its weights.
        var images = arange(8f).view(8, 1, 1, 1).expand(8, 6, 5, 1);
        foreach (ImageLayerSpec spec in new ImageLayerSpec[] { new MixUp(1, 3), new CutMix(Seed: 3) })
        {
            var mixed = Made.Call(spec, ("images", images), ("labels", labels));
            Assert.True(mixed["labels"].sum(1).allclose(ones(8)));
            var fromLabels = (mixed["labels"] * arange(8f)).sum(1);
            var fromImages = mixed["images"].mean([1L, 2L, 3L]);
            // A pasted rectangle has whole pixels, its weight is exact.
            Assert.True((fromLabels - fromImages).abs().max().item<float>() < (spec is MixUp ? 1e-4f : 2.5f), $"{spec}");
            Assert.False(mixed["labels"].Same(labels));
        }
    }

    [Fact]
    public void A_blur_keeps_the_mean_inside()
    {
        using var scope = NewDisposeScope();
        var point = zeros(1, 9, 9, 1);
        point[0, 4, 4, 0] = 100;
        var blurred = Made.Call(new RandomGaussianBlur(new Factor(1, 1), [5, 3], new Factor(1, 1)), point).squeeze();
        Assert.Equal(100, blurred.sum().item<float>(), 3);
        Assert.Equal(15, blurred.greater(1e-6).sum().item<long>()); // five columns, three rows
        Assert.Equal(5, blurred[4].greater(1e-6).sum().item<long>());
    }

    [Fact]
    public void Erased_rectangles_cover_the_scale()
    {
        using var scope = NewDisposeScope();
        var erased = Made.Call(new RandomErasing(new Factor(1, 1), new Factor(0.25, 0.25), 0.0), ones(500, 20, 20, 1));
        var area = 1 - erased.mean([1L, 2L, 3L]);
        Assert.InRange(area.min().item<float>(), 0.2f, 0.25f);
        Assert.InRange(area.max().item<float>(), 0.25f, 0.3026f); // eleven of twenty pixels a side
        Assert.Equal(0.25f, area.mean().item<float>(), 1);
    }

    [Fact]
    public void A_grid_of_one_tile_that_clips_nothing_equalizes_the_image()
    {
        using var scope = NewDisposeScope();
        var image = AugmentationTests.Images(1).narrow(3, 0, 1);
        var local = Made.Call(new ContrastLimitedAdaptiveHistogramEqualization(ClipLimit: 0, TileGridSize: [1, 1]), image);
        var counts = image.flatten().to(int64).bincount(null, 256).cumsum(0).to(float32);
        var least = counts[0];
        var expected = ((counts - least) * 255 / (image.numel() - least)).index_select(0, image.flatten().to(int64)).view(image.shape);
        Assert.True(expected.allclose(local, atol: 1e-3));
    }
}
