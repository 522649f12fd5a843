using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Stretches each image so that its darkest value is the range's lower end and its brightest the upper end; always, also outside of training.</summary>
/// <param name="ValueRange">Default: [0, 255].</param>
/// <remarks>Extremes are taken over axes 1 and 2, whatever the data format, as Keras does.</remarks>
public sealed record AutoContrast(ValueRange? ValueRange = null) : ImageLayerSpec
{
    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { ValueRange = ValueRange ?? Layers.ValueRange.Bytes };
}

/// <summary>While training, spreads the values of each channel evenly over the range, with one histogram for the batch; otherwise the identity.</summary>
/// <param name="ValueRange">Default: [0, 255].</param>
/// <param name="Bins">Bins of the histogram. Default: 256.</param>
public sealed record Equalization(ValueRange? ValueRange = null, [Range(1, 65_536)] int Bins = 256) : ImageLayerSpec
{
    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { ValueRange = ValueRange ?? Layers.ValueRange.Bytes };
}

/// <summary>Equalizes each tile of each image with a clipped histogram and blends between the tiles (CLAHE, Zuiderveld 1994); always.</summary>
/// <param name="ValueRange">Default: [0, 255].</param>
/// <param name="ClipLimit">Highest bin, in multiples of the mean bin; 0 and below clip nothing. Default: 4.</param>
/// <param name="TileGridSize">Tiles down and across. Default: (8, 8).</param>
public sealed record ContrastLimitedAdaptiveHistogramEqualization(
    ValueRange? ValueRange = null, double ClipLimit = 4.0, [Range(1, 1_024)] Sizes? TileGridSize = null) : ImageLayerSpec
{
    /// <summary>Tiles down and across, the default filled in.</summary>
    public Sizes Tiles => TileGridSize ?? Sizes.Same(2, 8);

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { ValueRange = ValueRange ?? Layers.ValueRange.Bytes, TileGridSize = Tiles };

    /// <inheritdoc />
    protected override void CheckImage(long height, long width, long? channels)
    {
        var (padDown, padAcross) = (Pad(height, Tiles[0]), Pad(width, Tiles[1]));
        if (padDown > height || padAcross > width)
            throw new SpecException($"expected a grid that the image of {height} x {width} can fill. Received: {Tiles}.", "tile_grid_size");

        static long Pad(long size, int tiles) => (size + tiles - 1) / tiles * tiles - size;
    }
}

/// <summary>While training, adds and then inverts all values from a threshold on; otherwise the identity.</summary>
/// <param name="AdditionFactor">Part of the range that is added, 0 to 1; one number <c>f</c> draws from <c>(0, f)</c>. Default: 0.</param>
/// <param name="ThresholdFactor">The threshold as a part of the range, 0 to 1; one number <c>f</c> draws from <c>(0, f)</c>. Default: 0.</param>
/// <param name="ValueRange">Default: [0, 255].</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record Solarization(
    Factor AdditionFactor = default, Factor ThresholdFactor = default, ValueRange? ValueRange = null, long? Seed = null) : ImageLayerSpec
{
    /// <summary>Least and greatest addition.</summary>
    public (double Lower, double Upper) Additions => AdditionFactor.FromZero(0, 1, "addition_factor");

    /// <summary>Least and greatest threshold.</summary>
    public (double Lower, double Upper) Thresholds => ThresholdFactor.FromZero(0, 1, "threshold_factor");

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { ValueRange = ValueRange ?? Layers.ValueRange.Bytes };

    /// <inheritdoc />
    public override void CheckFields() => _ = (Additions, Thresholds);
}

/// <summary>While training, keeps only the highest bits of each value; otherwise the identity.</summary>
/// <param name="Factor">Bits that stay, 1 to 8; one number <c>n</c> draws from <c>1 … n - 1</c> (1 keeps one bit), a pair from its lower end to below the upper.</param>
/// <param name="ValueRange">Default: [0, 255].</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record RandomPosterization(Factor Factor, ValueRange? ValueRange = null, long? Seed = null) : ImageLayerSpec
{
    /// <summary>Fewest and most bits.</summary>
    public (double Lower, double Upper) Bits => Factor.Clipped(1, 8, "factor");

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { ValueRange = ValueRange ?? Layers.ValueRange.Bytes };

    /// <inheritdoc />
    public override void CheckFields()
    {
        var (lower, upper) = Bits;
        if (lower % 1 != 0 || upper % 1 != 0)
            throw new SpecException($"expected whole numbers of bits. Received: {Factor}.", "factor");
    }
}

/// <summary>While training, blurs some images, all with one kernel; otherwise the identity.</summary>
/// <param name="Factor">Chance, 0 to 1; a pair draws the chance. One number <c>f</c> draws it from <c>(0, f)</c>. Default: 1.</param>
/// <param name="KernelSize">Odd: one number, or across and down. Default: 3.</param>
/// <param name="Sigma">Standard deviation, 0 to 1, drawn across and down; one number <c>f</c> draws from <c>(0, f)</c>. Default: 1.</param>
/// <param name="ValueRange">What the result is clipped to. Default: [0, 255].</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record RandomGaussianBlur(
    Factor? Factor = null, [Range(1, 1_023)] Sizes? KernelSize = null, Factor? Sigma = null, ValueRange? ValueRange = null, long? Seed = null) : ImageLayerSpec
{
    /// <summary>Least and greatest chance.</summary>
    public (double Lower, double Upper) Chance => (Factor ?? new(1)).Clipped(0, 1, "factor");

    /// <summary>Least and greatest standard deviation.</summary>
    public (double Lower, double Upper) Sigmas => (Sigma ?? new(1)).Clipped(0, 1, "sigma");

    /// <summary>The kernel's size, the default filled in; its first number is the width.</summary>
    public Sizes Kernel => KernelSize ?? Sizes.Same(2, 3);

    /// <inheritdoc />
    public override LayerSpec WithDefaults() =>
        this with { Factor = Factor ?? new(1), KernelSize = Kernel, Sigma = Sigma ?? new(1), ValueRange = ValueRange ?? Layers.ValueRange.Bytes };

    /// <inheritdoc />
    public override void CheckFields()
    {
        _ = (Chance, Sigmas);
        if (Kernel[0] % 2 == 0 || Kernel[1] % 2 == 0)
            throw new SpecException($"expected odd numbers. Received: {Kernel}.", "kernel_size");
    }
}

/// <summary>While training, fills a random rectangle of some images; otherwise the identity.</summary>
/// <param name="Factor">Chance, 0 to 1; a pair draws the chance. One number <c>f</c> draws it from <c>(0, f)</c>. Default: 1.</param>
/// <param name="Scale">Part of the image's area, 0 to 1; its root is the part of each side, drawn apart. Default: (0.02, 0.33).</param>
/// <param name="FillValue">A number, or one per channel; null is noise. Default: null.</param>
/// <param name="ValueRange">Default: [0, 255].</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record RandomErasing(
    Factor? Factor = null, Factor? Scale = null, NumberArray? FillValue = null, ValueRange? ValueRange = null, long? Seed = null) : ImageLayerSpec
{
    private static readonly Factor DefaultScale = new(0.02, 0.33);

    /// <summary>Least and greatest chance.</summary>
    public (double Lower, double Upper) Chance => (Factor ?? new(1)).Clipped(0, 1, "factor");

    /// <summary>Least and greatest part of the area.</summary>
    public (double Lower, double Upper) Scales => (Scale ?? DefaultScale).Clipped(0, 1, "scale");

    /// <inheritdoc />
    public override LayerSpec WithDefaults() =>
        this with { Factor = Factor ?? new(1), Scale = Scale ?? DefaultScale, ValueRange = ValueRange ?? Layers.ValueRange.Bytes };

    /// <inheritdoc />
    public override void CheckFields()
    {
        _ = (Chance, Scales);
        if (FillValue is { } fill && !(fill.Rank == 0 || (fill.Rank == 1 && fill.Count == 3)))
            throw new SpecException($"expected a number or a list of three. Received: {fill}.", "fill_value");
    }

    /// <inheritdoc />
    protected override void CheckImage(long height, long width, long? channels)
    {
        if (FillValue is { Rank: 1 })
            ExpectChannels(channels, 3);
    }
}
