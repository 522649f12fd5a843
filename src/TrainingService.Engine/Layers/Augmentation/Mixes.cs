using TorchSharp;
using TrainingService.Contracts.Layers;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>While training, applies random changes out of eleven to the batch.</summary>
public sealed class RandAugment : ImageLayer
{
    private readonly Specs.RandAugment _spec;
    private readonly IReadOnlyList<ImageLayer> _layers;

    /// <summary>Builds the layer.</summary>
    public RandAugment(Specs.RandAugment spec, LayerContext context) : base(spec, context, spec.Seed)
    {
        _spec = spec;
        _layers = [.. Changes.Of(spec.Strength, spec.ValueRange, spec.Interpolation, all: true).Select(change => Inner(change, Changes.NameOf(change)))];
    }

    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        // A change that comes twice is the same change twice.
        var drawn = new ImageTransform?[_layers.Count];
        var order = Enumerable.Range(0, _spec.NumOps).Select(_ => draws.Choice(_layers.Count)).ToList();
        foreach (var index in order.Distinct())
            drawn[index] = _layers[index].Draw(size, draws);
        var transforms = order.Select(index => drawn[index]).OfType<ImageTransform>().ToList();
        return new(images => transforms.Aggregate(images, (changed, transform) => transform.Images(changed)))
        {
            Masks = masks => transforms.Aggregate(masks, (changed, transform) => transform.Masks(changed)),
            Boxes = boxes => transforms.Aggregate(boxes, (changed, transform) => transform.Boxes(changed)),
        };
    }
}

/// <summary>While training, mixes images with chains of changes of themselves.</summary>
public sealed class AugMix : ImageLayer
{
    private readonly Specs.AugMix _spec;
    private readonly ValueRange _range;
    private readonly IReadOnlyList<ImageLayer> _layers;

    /// <summary>Builds the layer.</summary>
    public AugMix(Specs.AugMix spec, LayerContext context) : base(spec, context, spec.Seed)
    {
        _spec = spec;
        _range = spec.ValueRange ?? ValueRange.Bytes;
        _layers = [.. Changes.Of(spec.Strength, spec.ValueRange, spec.Interpolation, spec.AllOps).Select(change => Inner(change, Changes.NameOf(change)))];
    }

    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        var weights = draws.Dirichlet(_spec.Alpha, _spec.NumChains);
        var original = draws.Beta(_spec.Alpha);
        var chains = weights.Select(_ => Chain(size, draws)).ToList();
        return new(images => Mix(images, (transform, changed) => transform.Images(changed)).clamp(_range.First, _range.Second))
        {
            Masks = masks => Mix(masks, (transform, changed) => transform.Masks(changed)),
        };

        Tensor Mix(Tensor images, Func<ImageTransform, Tensor, Tensor> change)
        {
            var mixed = zeros_like(images, dtype: images.is_floating_point() ? images.dtype : float32);
            foreach (var (chain, weight) in chains.Zip(weights))
                mixed = mixed + chain.Aggregate(images, (changed, transform) => change(transform, changed)) * weight;
            return original * images + (1 - original) * mixed;
        }
    }

    /// <summary>Some changes; each place of a chain may also stay empty.</summary>
    private List<ImageTransform> Chain(ImageSize size, Draws draws) =>
    [
        .. Enumerable.Range(0, _spec.ChainDepth)
            .Select(_ => draws.Choice(_layers.Count + 1) is var choice && choice < _layers.Count ? _layers[choice].Draw(size, draws) : null)
            .OfType<ImageTransform>(),
    ];
}

/// <summary>The changes that RandAugment and AugMix choose from.</summary>
internal static class Changes
{
    /// <param name="strength">Of all of them.</param>
    /// <param name="range">Of the images' values.</param>
    /// <param name="interpolation">Where images are moved.</param>
    /// <param name="all">With brightness, colour, contrast and sharpness.</param>
    public static IEnumerable<ImageLayerSpec> Of((double Lower, double Upper) strength, ValueRange? range, SampleInterpolation interpolation, bool all)
    {
        var factor = new Factor(strength.Lower, strength.Upper);
        yield return new Specs.RandomShear(factor, factor, interpolation);
        yield return new Specs.RandomTranslation(factor, factor, Interpolation: interpolation);
        yield return new Specs.RandomRotation(factor, Interpolation: interpolation);
        yield return new Specs.RandomPosterization(new Factor(Math.Max(1, (int)(8 * strength.Upper))), range);
        yield return new Specs.Solarization(factor, factor, range);
        yield return new Specs.AutoContrast(range);
        yield return new Specs.Equalization(range);
        if (!all)
            yield break;
        yield return new Specs.RandomBrightness(factor, range);
        yield return new Specs.RandomColorDegeneration(factor, range);
        yield return new Specs.RandomContrast(factor, range);
        yield return new Specs.RandomSharpness(factor, range);
    }

    /// <summary>Keras's name of an inner layer.</summary>
    public static string NameOf(ImageLayerSpec change) => Contracts.Json.KerasKind.SnakeCase(Contracts.Json.KerasKind.ClassName(change.GetType()));
}

/// <summary>While training, a weighted mean of each row and another one.</summary>
public sealed class MixUp(Specs.MixUp spec, LayerContext context) : ImageLayer(spec, context, spec.Seed)
{
    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        var order = draws.Permutation(size.Batch);
        var weight = draws.Beta(spec.Alpha, size.Batch);
        return new(Mix)
        {
            Masks = Mix,
            Labels = Mix,
            Boxes = boxes => new BoundingBoxes(
                cat([boxes.Boxes, boxes.Boxes.index_select(0, order)], 1), cat([boxes.Labels, boxes.Labels.index_select(0, order)], 1)),
        };

        Tensor Mix(Tensor rows) => Mixing.Blend(rows, rows.index_select(0, order), weight);
    }
}

/// <summary>While training, pastes a rectangle of another row into each image.</summary>
public sealed class CutMix(Specs.CutMix spec, LayerContext context) : ImageLayer(spec, context, spec.Seed)
{
    /// <inheritdoc />
    protected internal override ImageTransform Draw(ImageSize size, Draws draws)
    {
        var share = draws.Beta(draws.Number(spec.Alphas) + 1e-6, size.Batch);
        var side = (1 - share).sqrt();
        var (mask, area) = Rectangles.Draw(size, side, side, draws);
        var order = draws.Permutation(size.Batch);
        return new(Paste) { Masks = Paste, Labels = labels => Mixing.Blend(labels, labels.index_select(0, order), 1 - area) };

        Tensor Paste(Tensor images) => where(mask, images.index_select(0, order), images);
    }
}

/// <summary>Weighted means of rows.</summary>
internal static class Mixing
{
    /// <summary><c>w · a + (1 - w) · b</c> with one weight per row.</summary>
    public static Tensor Blend(Tensor a, Tensor b, Tensor weight)
    {
        var w = weight.view([weight.shape[0], .. Enumerable.Repeat(1L, (int)a.dim() - 1)]);
        return w * a + (1 - w) * b;
    }
}
