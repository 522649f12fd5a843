using TorchSharp;
using TrainingService.Contracts.Layers;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>While training, adds one number to each image.</summary>
public sealed class RandomBrightness(Specs.RandomBrightness spec, LayerContext context) : ImageLayer(spec, context, spec.Seed)
{
    private readonly ValueRange _range = (spec.ValueRange ?? ValueRange.Bytes).Sorted;

    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        var delta = draws.Uniform(spec.Deltas, size.Batch, 1, 1, 1) * _range.Width;
        return new(images => (images + delta).clamp(_range.First, _range.Second));
    }
}

/// <summary>While training, brings the values of each channel nearer to their mean, or farther from it.</summary>
public sealed class RandomContrast(Specs.RandomContrast spec, LayerContext context) : ImageLayer(spec, context, spec.Seed)
{
    private readonly ValueRange _range = spec.ValueRange ?? ValueRange.Bytes;

    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        var (lower, upper) = spec.Bounds;
        var factor = draws.Uniform((1 - lower, 1 + upper), size.Batch, 1, 1, 1);
        return new(images =>
        {
            var mean = images.mean([1L, 2L], keepdim: true);
            return ((images - mean) * factor + mean).clamp(_range.First, _range.Second);
        });
    }
}

/// <summary>While training, turns the hue of each image.</summary>
public sealed class RandomHue(Specs.RandomHue spec, LayerContext context) : ImageLayer(spec, context, spec.Seed)
{
    private readonly ValueRange _range = spec.ValueRange ?? ValueRange.Bytes;

    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        var turn = draws.Signs(size.Batch, 1, 1) * draws.Uniform(spec.Turns, size.Batch, 1, 1) * 0.5;
        return new(images =>
        {
            var (hue, saturation, value) = Colors.ToHsv(Colors.ToUnit(images, _range));
            return Colors.FromUnit(Colors.FromHsv(hue + turn, saturation, value).clamp(0, 1), _range);
        });
    }
}

/// <summary>While training, changes the saturation of each image.</summary>
public sealed class RandomSaturation(Specs.RandomSaturation spec, LayerContext context) : ImageLayer(spec, context, spec.Seed)
{
    private readonly ValueRange _range = (spec.ValueRange ?? ValueRange.Bytes).Sorted;

    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        var drawn = draws.Uniform(spec.Bounds, size.Batch, 1, 1);
        var factor = drawn / (1 - drawn + 1e-7);
        return new(images =>
        {
            var (hue, saturation, value) = Colors.ToHsv(images);
            return Colors.FromHsv(hue, (saturation * factor).clamp(_range.First, _range.Second), value);
        });
    }
}

/// <summary>While training, mixes each image with its blur.</summary>
public sealed class RandomSharpness(Specs.RandomSharpness spec, LayerContext context) : ImageLayer(spec, context, spec.Seed)
{
    private readonly ValueRange _range = (spec.ValueRange ?? ValueRange.Bytes).Sorted;

    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        var factor = draws.Uniform(spec.Bounds, size.Batch, 1, 1, 1) * 2;
        return new(images =>
        {
            // One thirteenth of every neighbour, five of the pixel itself.
            var blurred = (Blurring.Neighbourhood(images) + images * 4) / 13;
            return (images + (1 - factor) * (blurred - images)).clamp(_range.First, _range.Second);
        });
    }
}

/// <summary>While training, mixes each image with its grey one.</summary>
public sealed class RandomColorDegeneration(Specs.RandomColorDegeneration spec, LayerContext context) : ImageLayer(spec, context, spec.Seed)
{
    private readonly ValueRange _range = (spec.ValueRange ?? ValueRange.Bytes).Sorted;

    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        var factor = draws.Uniform(spec.Bounds, size.Batch, 1, 1, 1);
        return new(images => (images + factor * (Colors.Gray(images) - images)).clamp(_range.First, _range.Second));
    }
}

/// <summary>While training, brightness, contrast, saturation and hue one after the other.</summary>
public sealed class RandomColorJitter : ImageLayer
{
    private readonly List<ImageLayer> _layers = [];

    /// <summary>Builds the layer.</summary>
    public RandomColorJitter(Specs.RandomColorJitter spec, LayerContext context) : base(spec, context, spec.Seed)
    {
        if (spec.BrightnessFactor is { } brightness)
            _layers.Add(Inner(new Specs.RandomBrightness(brightness, spec.ValueRange), "random_brightness"));
        if (spec.ContrastFactor is { } contrast)
            _layers.Add(Inner(new Specs.RandomContrast(contrast, spec.ValueRange), "random_contrast"));
        if (spec.SaturationFactor is { } saturation)
            _layers.Add(Inner(new Specs.RandomSaturation(saturation, spec.ValueRange), "random_saturation"));
        if (spec.HueFactor is { } hue)
            _layers.Add(Inner(new Specs.RandomHue(hue, spec.ValueRange), "random_hue"));
    }

    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        var drawn = _layers.Select(layer => layer.Draw(size, draws)).ToList();
        return new(images => drawn.Aggregate(images, (changed, transform) => transform?.Images(changed) ?? changed));
    }
}

/// <summary>While training, makes some images grey.</summary>
public sealed class RandomGrayscale(Specs.RandomGrayscale spec, LayerContext context) : ImageLayer(spec, context, spec.Seed)
{
    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        var chosen = draws.Chosen((spec.Factor, spec.Factor), size.Batch).view(-1, 1, 1, 1);
        return new(images => where(chosen, Colors.Gray(images), images));
    }
}

/// <summary>While training, turns some images into their negative.</summary>
public sealed class RandomInvert(Specs.RandomInvert spec, LayerContext context) : ImageLayer(spec, context, spec.Seed)
{
    private readonly double _top = (spec.ValueRange ?? ValueRange.Bytes).Second;

    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        var chosen = draws.Chosen(spec.Chance, size.Batch).view(-1, 1, 1, 1);
        return new(images => where(chosen, _top - images, images));
    }
}
