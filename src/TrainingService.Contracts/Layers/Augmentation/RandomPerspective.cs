using System.ComponentModel.DataAnnotations;

namespace TrainingService.Contracts.Layers;

/// <summary>While training, moves the corners of some images; otherwise the identity.</summary>
/// <param name="Factor">Chance that an image is changed, 0 to 1; a pair draws the chance. One number <c>f</c> draws it from <c>(0, f)</c>. Default: 1.</param>
/// <param name="Scale">How far corners move, as a part of their distance from the origin, 0 to 1. Default: 1.</param>
/// <param name="Interpolation">Default: bilinear.</param>
/// <param name="FillValue">What lies beyond the border. Default: 0.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record RandomPerspective(
    Factor? Factor = null, [Range(0.0, 1.0)] double Scale = 1.0, SampleInterpolation Interpolation = SampleInterpolation.Bilinear, double FillValue = 0.0,
    long? Seed = null) : ImageLayerSpec
{
    /// <summary>Least and greatest chance.</summary>
    public (double Lower, double Upper) Chance => (Factor ?? new(1)).Clipped(0, 1, "factor");

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { Factor = Factor ?? new(1) };

    /// <inheritdoc />
    public override void CheckFields() => _ = Chance;
}

/// <summary>While training, distorts some images by a smooth random field; otherwise the identity.</summary>
/// <param name="Factor">Chance that an image is changed, 0 to 1; a pair draws the chance. One number <c>f</c> draws it from <c>(0, f)</c>. Default: 1.</param>
/// <param name="Scale">Strength, 0 to 1, one for the batch; one number <c>f</c> draws from <c>(0, f)</c>. Default: 1.</param>
/// <param name="Interpolation">Default: bilinear.</param>
/// <param name="FillMode">What lies beyond the border. Default: reflect.</param>
/// <param name="FillValue">For the fill mode constant. Default: 0.</param>
/// <param name="ValueRange">What the result is clipped to. Default: [0, 255].</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record RandomElasticTransform(
    Factor? Factor = null, Factor? Scale = null, SampleInterpolation Interpolation = SampleInterpolation.Bilinear, FillMode FillMode = FillMode.Reflect,
    double FillValue = 0.0, ValueRange? ValueRange = null, long? Seed = null) : ImageLayerSpec
{
    /// <summary>Least and greatest chance.</summary>
    public (double Lower, double Upper) Chance => (Factor ?? new(1)).Clipped(0, 1, "factor");

    /// <summary>Least and greatest strength.</summary>
    public (double Lower, double Upper) Scales => (Scale ?? new(1)).Clipped(0, 1, "scale");

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { Factor = Factor ?? new(1), Scale = Scale ?? new(1), ValueRange = ValueRange ?? Layers.ValueRange.Bytes };

    /// <inheritdoc />
    public override void CheckFields() => _ = (Chance, Scales);
}
