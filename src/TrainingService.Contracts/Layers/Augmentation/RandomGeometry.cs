using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>While training, mirrors each image with a chance of one half; otherwise the identity.</summary>
/// <param name="Mode">Which way. Default: horizontal_and_vertical, which mirrors both ways at once.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record RandomFlip(FlipMode Mode = FlipMode.HorizontalAndVertical, long? Seed = null) : ImageLayerSpec;

/// <summary>Which way images are mirrored.</summary>
public enum FlipMode
{
    /// <summary>Left and right change places.</summary>
    Horizontal,

    /// <summary>Top and bottom change places.</summary>
    Vertical,

    /// <summary>Both.</summary>
    HorizontalAndVertical,
}

/// <summary>While training, turns each image around its middle; otherwise the identity.</summary>
/// <param name="Factor">Part of a full turn, from -1 to 1; one number <c>f</c> draws from <c>(-|f|, |f|)</c>.</param>
/// <param name="FillMode">What lies beyond the border. Default: reflect.</param>
/// <param name="Interpolation">Default: bilinear.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
/// <param name="FillValue">For the fill mode constant. Default: 0.</param>
public sealed record RandomRotation(
    Factor Factor, FillMode FillMode = FillMode.Reflect, SampleInterpolation Interpolation = SampleInterpolation.Bilinear, long? Seed = null,
    double FillValue = 0.0) : ImageLayerSpec
{
    /// <summary>Least and greatest turn.</summary>
    public (double Lower, double Upper) Turns => Factor.Clipped(-1, 1, "factor");

    /// <inheritdoc />
    public override void CheckFields()
    {
        FillModes.Check(FillMode);
        _ = Turns;
    }
}

/// <summary>While training, moves each image; otherwise the identity.</summary>
/// <param name="HeightFactor">Part of the height, from -1 (up) to 1 (down); one number <c>f</c> draws from <c>(-|f|, |f|)</c>.</param>
/// <param name="WidthFactor">Part of the width, from -1 (left) to 1 (right).</param>
/// <param name="FillMode">What lies beyond the border. Default: reflect.</param>
/// <param name="Interpolation">Default: bilinear.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
/// <param name="FillValue">For the fill mode constant. Default: 0.</param>
public sealed record RandomTranslation(
    Factor HeightFactor, Factor WidthFactor, FillMode FillMode = FillMode.Reflect, SampleInterpolation Interpolation = SampleInterpolation.Bilinear,
    long? Seed = null, double FillValue = 0.0) : ImageLayerSpec
{
    /// <summary>Least and greatest part of the height.</summary>
    public (double Lower, double Upper) Heights => HeightFactor.Symmetric(-1, 1, "height_factor");

    /// <summary>Least and greatest part of the width.</summary>
    public (double Lower, double Upper) Widths => WidthFactor.Symmetric(-1, 1, "width_factor");

    /// <inheritdoc />
    public override void CheckFields()
    {
        FillModes.Check(FillMode);
        _ = (Heights, Widths);
    }
}

/// <summary>While training, zooms each image around its middle; otherwise the identity.</summary>
/// <param name="HeightFactor">Above -1, at most 1: -0.3 shows 70 % of the height (in), 0.3 shows 130 % (out); one number <c>f</c> draws from <c>(-|f|, |f|)</c>.</param>
/// <param name="WidthFactor">The same for the width; null zooms both ways alike. Default: null.</param>
/// <param name="FillMode">What lies beyond the border. Default: reflect.</param>
/// <param name="Interpolation">Default: bilinear.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
/// <param name="FillValue">For the fill mode constant. Default: 0.</param>
public sealed record RandomZoom(
    Factor HeightFactor, Factor? WidthFactor = null, FillMode FillMode = FillMode.Reflect, SampleInterpolation Interpolation = SampleInterpolation.Bilinear,
    long? Seed = null, double FillValue = 0.0) : ImageLayerSpec
{
    /// <summary>Least and greatest change of the height.</summary>
    public (double Lower, double Upper) Heights => AboveMinusOne(HeightFactor, "height_factor");

    /// <summary>Least and greatest change of the width, or null for the height's.</summary>
    public (double Lower, double Upper)? Widths => WidthFactor is { } factor ? AboveMinusOne(factor, "width_factor") : null;

    /// <inheritdoc />
    public override void CheckFields()
    {
        FillModes.Check(FillMode);
        _ = (Heights, Widths ?? Heights);
    }

    private static (double Lower, double Upper) AboveMinusOne(Factor factor, string field) =>
        factor.Symmetric(Math.BitIncrement(-1.0), 1, field);
}

/// <summary>While training, slants each image; otherwise the identity.</summary>
/// <param name="XFactor">Columns per row, from 0 to 1; one number <c>f</c> draws from <c>(-f, f)</c>; the sign is drawn besides. Default: 0.</param>
/// <param name="YFactor">Rows per column, as above. Default: 0.</param>
/// <param name="Interpolation">Default: bilinear.</param>
/// <param name="FillMode">What lies beyond the border. Default: reflect.</param>
/// <param name="FillValue">For the fill mode constant. Default: 0.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record RandomShear(
    Factor XFactor = default, Factor YFactor = default, SampleInterpolation Interpolation = SampleInterpolation.Bilinear,
    FillMode FillMode = FillMode.Reflect, double FillValue = 0.0, long? Seed = null) : ImageLayerSpec
{
    /// <summary>Least and greatest slant of the rows.</summary>
    public (double Lower, double Upper) Xs => XFactor.Symmetric(0, 1, "x_factor");

    /// <summary>Least and greatest slant of the columns.</summary>
    public (double Lower, double Upper) Ys => YFactor.Symmetric(0, 1, "y_factor");

    /// <inheritdoc />
    public override void CheckFields()
    {
        FillModes.Check(FillMode);
        _ = (Xs, Ys);
    }
}

/// <summary>The fill modes of layers that move images.</summary>
internal static class FillModes
{
    /// <exception cref="SpecException">It is mirror.</exception>
    public static void Check(FillMode mode)
    {
        if (mode == FillMode.Mirror)
            throw new SpecException("expected one of \"reflect\", \"wrap\", \"constant\", \"nearest\". Received: \"mirror\".", "fill_mode");
    }
}
