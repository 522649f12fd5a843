using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>While training, applies random changes out of eleven to the batch (Cubuk and others, 2019); otherwise the identity.</summary>
/// <param name="ValueRange">Default: [0, 255].</param>
/// <param name="NumOps">How many changes follow each other. Default: 2.</param>
/// <param name="Factor">Strength of all changes, 0 to 1; one number <c>f</c> draws from <c>(0, f)</c>. Default: 0.5.</param>
/// <param name="Interpolation">Default: bilinear.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record RandAugment(
    ValueRange? ValueRange = null, [Range(0, 1_000)] int NumOps = 2, Factor? Factor = null, SampleInterpolation Interpolation = SampleInterpolation.Bilinear,
    long? Seed = null) : ImageLayerSpec
{
    /// <summary>Least and greatest strength.</summary>
    public (double Lower, double Upper) Strength => (Factor ?? new(0.5)).Clipped(0, 1, "factor");

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { ValueRange = ValueRange ?? Layers.ValueRange.Bytes, Factor = Factor ?? new(0.5) };

    /// <inheritdoc />
    public override void CheckFields() => _ = Strength;

    /// <inheritdoc />
    protected override void CheckImage(long height, long width, long? channels) => ExpectChannels(channels, 3);
}

/// <summary>While training, mixes images with chains of changes of themselves (Hendrycks and others, 2020); otherwise the identity.</summary>
/// <param name="ValueRange">Default: [0, 255].</param>
/// <param name="NumChains">Chains that are mixed. Default: 3.</param>
/// <param name="ChainDepth">Changes in a chain, at most. Default: 3.</param>
/// <param name="Factor">Strength of all changes, 0 to 1; one number <c>f</c> draws from <c>(0, f)</c>. Default: 0.3.</param>
/// <param name="Alpha">Parameter of the Dirichlet and beta distributions that weigh. Default: 1.</param>
/// <param name="AllOps">Whether brightness, colour, contrast and sharpness are among the changes. Default: true.</param>
/// <param name="Interpolation">Default: bilinear.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record AugMix(
    ValueRange? ValueRange = null, [Range(1, 1_000)] int NumChains = 3, [Range(0, 1_000)] int ChainDepth = 3, Factor? Factor = null,
    [Range(double.Epsilon, 1e6)] double Alpha = 1.0, bool AllOps = true, SampleInterpolation Interpolation = SampleInterpolation.Bilinear,
    long? Seed = null) : ImageLayerSpec
{
    /// <summary>Least and greatest strength.</summary>
    public (double Lower, double Upper) Strength => (Factor ?? new(0.3)).Clipped(0, 1, "factor");

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { ValueRange = ValueRange ?? Layers.ValueRange.Bytes, Factor = Factor ?? new(0.3) };

    /// <inheritdoc />
    public override void CheckFields() => _ = Strength;

    /// <inheritdoc />
    protected override void CheckImage(long height, long width, long? channels)
    {
        if (AllOps)
            ExpectChannels(channels, 3);
    }
}

/// <summary>While training, <c>w · x + (1 - w) · x of another row</c> for images, labels and masks (Zhang and others, 2018); otherwise the identity.</summary>
/// <param name="Alpha">Parameter of the beta distribution of w. Default: 0.2.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
/// <remarks>Labels are one-hot: a row of numbers per image. Boxes of both images stay.</remarks>
public sealed record MixUp([Range(double.Epsilon, 1e6)] double Alpha = 0.2, long? Seed = null) : ImageLayerSpec
{
    /// <inheritdoc />
    protected override Shape BoxShape(Shape boxes) =>
        boxes.Rank == 3 ? boxes.With(1, 2 * boxes[1]) : boxes.Rank == 2 && boxes[-1] != 4 ? boxes.With(1, 2 * boxes[1]) : boxes;
}

/// <summary>While training, pastes a rectangle of another row into each image and mixes the labels by its area (Yun and others, 2019); otherwise the identity.</summary>
/// <param name="Factor">Parameter of the beta distribution of the area, 0 to 1, drawn once per batch; one number <c>f</c> draws from <c>(0, f)</c>. Default: 1.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
/// <remarks>Labels are one-hot: a row of numbers per image. Boxes cannot be cut: a dict with boxes is refused.</remarks>
public sealed record CutMix(Factor? Factor = null, long? Seed = null) : ImageLayerSpec
{
    /// <summary>Least and greatest parameter.</summary>
    public (double Lower, double Upper) Alphas => (Factor ?? new(1)).Clipped(0, 1, "factor");

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { Factor = Factor ?? new(1) };

    /// <inheritdoc />
    public override void CheckFields() => _ = Alphas;

    /// <inheritdoc />
    protected override Shape BoxShape(Shape boxes) => throw new SpecException("expected no bounding_boxes: CutMix cannot cut them.");
}
