using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Initializers;

/// <summary>A matrix with orthonormal rows or columns, from the QR decomposition of normal samples (Saxe et al., 2014). Axes before the last count as one.</summary>
/// <param name="Gain">Factor. Default: 1.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record Orthogonal(double Gain = 1.0, long? Seed = null) : RandomInitializerSpec(Seed)
{
    /// <inheritdoc />
    public override void CheckShape(Shape shape)
    {
        if (shape.Rank < 2)
            throw new SpecException($"Orthogonal expects a weight of at least two axes. Received: shape {shape}.");
    }
}

/// <summary>Ones on the diagonal of a matrix, zeros elsewhere. Keras's class name is <c>Identity</c>.</summary>
/// <param name="Gain">Factor. Default: 1.</param>
[ClassName("Identity")]
public sealed record IdentityMatrix(double Gain = 1.0) : InitializerSpec
{
    /// <inheritdoc />
    public override void CheckShape(Shape shape)
    {
        if (shape.Rank != 2)
            throw new SpecException($"Identity expects a weight of two axes. Received: shape {shape}.");
    }
}

/// <summary>Which part of the Fourier kernel.</summary>
public enum StftSide
{
    /// <summary>Cosines.</summary>
    Real,

    /// <summary>Sines of the negative angle.</summary>
    Imag,
}

/// <summary>What the windowed kernel is divided by.</summary>
public enum StftScaling
{
    /// <summary>Root of the window's sum of squares.</summary>
    Density,

    /// <summary>The window's sum of absolute values.</summary>
    Spectrum,
}

/// <summary>Windows of a frame, by SciPy's names.</summary>
public enum StftWindow
{
    /// <summary>One everywhere.</summary>
    [AlsoNamed("box", "ones", "rect", "rectangular")]
    Boxcar,

    /// <summary>Triangle without zeros at its ends.</summary>
    [AlsoNamed("triangle", "tri")]
    Triang,

    /// <summary>Triangle with zeros at its ends.</summary>
    [AlsoNamed("bart", "brt")]
    Bartlett,

    /// <summary>Raised cosine.</summary>
    [AlsoNamed("hanning", "han")]
    Hann,

    /// <summary>Raised cosine on a pedestal of 0.08.</summary>
    [AlsoNamed("hamm", "ham")]
    Hamming,

    /// <summary>Three cosine terms.</summary>
    [AlsoNamed("black", "blk")]
    Blackman,

    /// <summary>Four cosine terms, least side lobes.</summary>
    [AlsoNamed("blackharr", "bkh")]
    Blackmanharris,

    /// <summary>Four cosine terms after Nuttall.</summary>
    [AlsoNamed("nutl", "nut")]
    Nuttall,

    /// <summary>Five cosine terms with a flat top.</summary>
    [AlsoNamed("flat", "flt")]
    Flattop,

    /// <summary>Half a sine.</summary>
    [AlsoNamed("halfcosine")]
    Cosine,

    /// <summary>Bohman's.</summary>
    [AlsoNamed("bman", "bmn")]
    Bohman,

    /// <summary>Bartlett and Hann's.</summary>
    [AlsoNamed("brthan", "bth")]
    Barthann,

    /// <summary>Parzen's.</summary>
    [AlsoNamed("parz", "par")]
    Parzen,

    /// <summary>Middle of a sinc.</summary>
    [AlsoNamed("sinc")]
    Lanczos,
}

/// <summary>The kernel of a short-time Fourier transform: <c>cos(2π·t·f / n)</c> or <c>-sin(2π·t·f / n)</c> under a window.</summary>
/// <param name="Side">Real or imaginary part. Default: real.</param>
/// <param name="Window">Null for none. Default: hann.</param>
/// <param name="Scaling">Null for none. Default: density.</param>
/// <param name="Periodic">Whether the window is one period of a longer signal. Default: false.</param>
/// <remarks>Only for weights of shape (frame length, 1, frequencies), with <c>n = 2 · (frequencies - 1)</c>.</remarks>
[ClassName("STFT")]
public sealed record Stft(
    StftSide Side = StftSide.Real, [NullAllowed] StftWindow? Window = StftWindow.Hann, [NullAllowed] StftScaling? Scaling = StftScaling.Density,
    bool Periodic = false) : InitializerSpec
{
    /// <inheritdoc />
    public override void CheckShape(Shape shape)
    {
        if (shape.Rank != 3 || shape[2] < 2)
            throw new SpecException($"STFT expects a weight of shape (frame length, channels, at least 2 frequencies). Received: shape {shape}.");
    }
}
