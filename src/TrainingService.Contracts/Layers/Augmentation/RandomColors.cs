using System.ComponentModel.DataAnnotations;

namespace TrainingService.Contracts.Layers;

/// <summary>While training, adds one number to each image: <c>clip(x + delta · width of the range)</c>; otherwise the identity.</summary>
/// <param name="Factor">Part of the value range, from -1 to 1; one number <c>f</c> draws from <c>(-|f|, |f|)</c>.</param>
/// <param name="ValueRange">Default: [0, 255].</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record RandomBrightness(Factor Factor, ValueRange? ValueRange = null, long? Seed = null) : ImageLayerSpec
{
    /// <summary>Least and greatest change.</summary>
    public (double Lower, double Upper) Deltas => Factor.Clipped(-1, 1, "factor");

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { ValueRange = ValueRange ?? Layers.ValueRange.Bytes };

    /// <inheritdoc />
    public override void CheckFields() => _ = Deltas;
}

/// <summary>While training, <c>clip((x - mean) · c + mean)</c> per channel, c from <c>(1 - lower, 1 + upper)</c>; otherwise the identity.</summary>
/// <param name="Factor">From 0 to 1: lower and upper; one number <c>f</c> is <c>(0, f)</c>.</param>
/// <param name="ValueRange">What the result is clipped to. Default: [0, 255].</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record RandomContrast(Factor Factor, ValueRange? ValueRange = null, long? Seed = null) : ImageLayerSpec
{
    /// <summary>Part taken from 1 at the lower end, and added at the upper.</summary>
    public (double Lower, double Upper) Bounds => Factor.Clipped(0, 1, "factor");

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { ValueRange = ValueRange ?? Layers.ValueRange.Bytes };

    /// <inheritdoc />
    public override void CheckFields() => _ = Bounds;
}

/// <summary>While training, turns the hue of each RGB image by up to half the circle; otherwise the identity.</summary>
/// <param name="Factor">From 0 to 1, the part of a half circle; one number <c>f</c> draws from <c>(0, f)</c>; the sign is drawn besides.</param>
/// <param name="ValueRange">Default: [0, 255].</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record RandomHue(Factor Factor, ValueRange? ValueRange = null, long? Seed = null) : ImageLayerSpec
{
    /// <summary>Least and greatest turn.</summary>
    public (double Lower, double Upper) Turns => Factor.Clipped(0, 1, "factor");

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { ValueRange = ValueRange ?? Layers.ValueRange.Bytes };

    /// <inheritdoc />
    public override void CheckFields() => _ = Turns;

    /// <inheritdoc />
    protected override void CheckImage(long height, long width, long? channels) => ExpectChannels(channels, 3);
}

/// <summary>While training, multiplies the saturation of each RGB image by <c>f / (1 - f)</c>; otherwise the identity.</summary>
/// <param name="Factor">From -1 to 1: 0.5 changes nothing, 0 makes grey, 1 saturates fully; one number <c>f</c> draws from <c>(-|f|, |f|)</c>.</param>
/// <param name="ValueRange">What the saturation is clipped to. Default: [0, 255].</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record RandomSaturation(Factor Factor, ValueRange? ValueRange = null, long? Seed = null) : ImageLayerSpec
{
    /// <summary>Least and greatest factor.</summary>
    public (double Lower, double Upper) Bounds => Factor.Clipped(-1, 1, "factor");

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { ValueRange = ValueRange ?? Layers.ValueRange.Bytes };

    /// <inheritdoc />
    public override void CheckFields() => _ = Bounds;

    /// <inheritdoc />
    protected override void CheckImage(long height, long width, long? channels) => ExpectChannels(channels, 3);
}

/// <summary>While training, mixes each image with its blur: <c>clip(x + (1 - 2f)(blur(x) - x))</c>; otherwise the identity.</summary>
/// <param name="Factor">From 0 (blurred) by 0.5 (unchanged) to 1 (sharpened); one number <c>f</c> draws from <c>(0, f)</c>.</param>
/// <param name="ValueRange">What the result is clipped to. Default: [0, 255].</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record RandomSharpness(Factor Factor, ValueRange? ValueRange = null, long? Seed = null) : ImageLayerSpec
{
    /// <summary>Least and greatest factor.</summary>
    public (double Lower, double Upper) Bounds => Factor.Clipped(0, 1, "factor");

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { ValueRange = ValueRange ?? Layers.ValueRange.Bytes };

    /// <inheritdoc />
    public override void CheckFields() => _ = Bounds;
}

/// <summary>While training, mixes each image with its grey one: <c>clip(x + f(grey(x) - x))</c>; otherwise the identity.</summary>
/// <param name="Factor">From -1 to 1: 0 changes nothing, 1 makes grey; one number <c>f</c> draws from <c>(-|f|, |f|)</c>.</param>
/// <param name="ValueRange">What the result is clipped to. Default: [0, 255].</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record RandomColorDegeneration(Factor Factor, ValueRange? ValueRange = null, long? Seed = null) : ImageLayerSpec
{
    /// <summary>Least and greatest factor.</summary>
    public (double Lower, double Upper) Bounds => Factor.Clipped(-1, 1, "factor");

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { ValueRange = ValueRange ?? Layers.ValueRange.Bytes };

    /// <inheritdoc />
    public override void CheckFields() => _ = Bounds;

    /// <inheritdoc />
    protected override void CheckImage(long height, long width, long? channels) => ExpectChannels(channels, 3);
}

/// <summary>While training, RandomBrightness, RandomContrast, RandomSaturation and RandomHue one after the other; otherwise the identity.</summary>
/// <param name="ValueRange">Default: [0, 255].</param>
/// <param name="BrightnessFactor">As in RandomBrightness; null leaves it out. Default: null.</param>
/// <param name="ContrastFactor">As in RandomContrast; null leaves it out. Default: null.</param>
/// <param name="SaturationFactor">As in RandomSaturation; null leaves it out. Default: null.</param>
/// <param name="HueFactor">As in RandomHue; null leaves it out. Default: null.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record RandomColorJitter(
    ValueRange? ValueRange = null, Factor? BrightnessFactor = null, Factor? ContrastFactor = null, Factor? SaturationFactor = null, Factor? HueFactor = null,
    long? Seed = null) : ImageLayerSpec
{
    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { ValueRange = ValueRange ?? Layers.ValueRange.Bytes };

    /// <inheritdoc />
    public override void CheckFields()
    {
        _ = BrightnessFactor?.Clipped(-1, 1, "brightness_factor");
        _ = ContrastFactor?.Clipped(0, 1, "contrast_factor");
        _ = SaturationFactor?.Clipped(-1, 1, "saturation_factor");
        _ = HueFactor?.Clipped(0, 1, "hue_factor");
    }

    /// <inheritdoc />
    protected override void CheckImage(long height, long width, long? channels)
    {
        if (SaturationFactor is not null || HueFactor is not null)
            ExpectChannels(channels, 3);
    }
}

/// <summary>While training, makes some RGB images grey (0.2989 R + 0.587 G + 0.114 B in all channels); otherwise the identity.</summary>
/// <param name="Factor">Chance of each image, 0 to 1. Default: 0.5.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record RandomGrayscale([Range(0.0, 1.0)] double Factor = 0.5, long? Seed = null) : ImageLayerSpec
{
    /// <inheritdoc />
    protected override void CheckImage(long height, long width, long? channels) => ExpectChannels(channels, 1, 3);
}

/// <summary>While training, turns some images into their negative: <c>upper end of the range - x</c>; otherwise the identity.</summary>
/// <param name="Factor">Chance, 0 to 1; a pair draws the chance. One number <c>f</c> draws it from <c>(0, f)</c>. Default: 1.</param>
/// <param name="ValueRange">Default: [0, 255].</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record RandomInvert(Factor? Factor = null, ValueRange? ValueRange = null, long? Seed = null) : ImageLayerSpec
{
    /// <summary>Least and greatest chance.</summary>
    public (double Lower, double Upper) Chance => (Factor ?? new(1)).Clipped(0, 1, "factor");

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { Factor = Factor ?? new(1), ValueRange = ValueRange ?? Layers.ValueRange.Bytes };

    /// <inheritdoc />
    public override void CheckFields() => _ = Chance;
}
