using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>What a spectrogram shows.</summary>
public enum SpectrogramMode
{
    /// <summary>Logarithm of the magnitude.</summary>
    Log,

    /// <summary>Root of the power.</summary>
    Magnitude,

    /// <summary>Power spectral density, one-sided.</summary>
    Psd,

    /// <summary>Real part.</summary>
    Real,

    /// <summary>Imaginary part.</summary>
    Imag,

    /// <summary>Phase.</summary>
    Angle,

    /// <summary>Real parts, then imaginary parts.</summary>
    Stft,
}

/// <summary>Short-time Fourier transform of signals, as a convolution with kernels that may be trained.</summary>
/// <param name="Mode">Default: log.</param>
/// <param name="FrameLength">Samples of a frame. Default: 256.</param>
/// <param name="FrameStep">Samples between frames, at most the frame's length. Default: half of it.</param>
/// <param name="FftLength">Length of the transform, at least the frame's. Default: the next power of two.</param>
/// <param name="Window">Window of a frame, by SciPy's name; null for none. Default: hann.</param>
/// <param name="Periodic">Whether the window is one period of a longer signal. Default: false.</param>
/// <param name="Scaling">density, spectrum or null. Default: density.</param>
/// <param name="Padding">Default: valid.</param>
/// <param name="ExpandDims">Whether frequencies have an axis of their own beside the channels. Default: false.</param>
/// <param name="DataFormat">Default: channels_last.</param>
/// <remarks>Input <c>(batch, time, channels)</c> → output <c>(batch, frames, channels · frequencies)</c>, or with an axis for each.</remarks>
public sealed record STFTSpectrogram(
    SpectrogramMode Mode = SpectrogramMode.Log,
    [Range(1, 1_048_576)] int FrameLength = 256,
    [Range(1, 1_048_576)] int? FrameStep = null,
    [Range(2, 1_048_576)] int? FftLength = null,
    [NullAllowed] StftWindow? Window = StftWindow.Hann,
    bool Periodic = false,
    [NullAllowed] StftScaling? Scaling = StftScaling.Density,
    Padding Padding = Padding.Valid,
    bool ExpandDims = false,
    DataFormat DataFormat = DataFormat.ChannelsLast) : LayerSpec
{
    /// <summary>Samples between frames, the default filled in.</summary>
    public int Step => FrameStep ?? Math.Max(1, FrameLength / 2);

    /// <summary>Length of the transform, the default filled in.</summary>
    public int Length => FftLength ?? (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)FrameLength);

    /// <summary>Frequencies of one kernel.</summary>
    public int Frequencies => Length / 2 + 1;

    /// <inheritdoc />
    public override void CheckFields()
    {
        if (FrameStep > FrameLength)
            throw new SpecException($"expected at most the frame_length, {FrameLength}. Received: {FrameStep}.", "frame_step");
        if (Length < FrameLength || Length < 2)
            throw new SpecException($"expected at least the frame_length, {FrameLength}, and at least 2. Received: {Length}.", "fft_length");
    }

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        if (input.Rank != 3)
            throw new SpecException($"expected 3 axes (batch, time, channels). Received: {input}.");
        var last = DataFormat == DataFormat.ChannelsLast;
        var (time, channels) = last ? (input[1], input[2]) : (input[2], input[1]);
        if (channels is null)
            throw new SpecException($"the channel axis must be known. Received: {input}.");
        var frames = Windows.Steps(time, FrameLength, Step, Padding);
        long frequencies = Mode == SpectrogramMode.Stft ? 2 * Frequencies : Frequencies;
        return (last, ExpandDims) switch
        {
            (true, true) => new Shape(input[0], frames, frequencies, channels),
            (true, false) => new Shape(input[0], frames, channels * frequencies),
            (false, true) => new Shape(input[0], channels, frames, frequencies),
            (false, false) => new Shape(input[0], channels * frequencies, frames),
        };
    }

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input)
    {
        List<WeightSpec> weights = [];
        if (Mode != SpectrogramMode.Imag)
            weights.Add(Kernel("real_kernel", StftSide.Real));
        if (Mode != SpectrogramMode.Real)
            weights.Add(Kernel("imag_kernel", StftSide.Imag));
        return weights;
    }

    private WeightSpec Kernel(string name, StftSide side) => new(name, new Shape(FrameLength, 1, Frequencies), new Stft(side, Window, Scaling, Periodic));
}

/// <summary>Windows of a MelSpectrogram.</summary>
public enum MelWindow
{
    /// <summary>Raised cosine.</summary>
    Hann,

    /// <summary>Raised cosine on a pedestal of 0.08.</summary>
    Hamming,
}

/// <summary>Spectrogram of raw audio on the mel scale, in decibels.</summary>
/// <param name="FftLength">Length of the transform. Default: 2048.</param>
/// <param name="SequenceStride">Samples between frames. Default: 512.</param>
/// <param name="SequenceLength">Samples of a frame, at most the transform's length. Default: the transform's length.</param>
/// <param name="Window">Null for none. Default: hann.</param>
/// <param name="SamplingRate">Samples per second. Default: 16000.</param>
/// <param name="NumMelBins">Bands. Default: 128.</param>
/// <param name="MinFreq">Lowest frequency in Hz. Default: 20.</param>
/// <param name="MaxFreq">Highest frequency in Hz. Default: half the sampling rate.</param>
/// <param name="PowerToDb">Whether to convert to decibels. Default: true.</param>
/// <param name="TopDb">How far below the loudest value the rest is cut. Default: 80.</param>
/// <param name="MagExp">Exponent of the magnitude: 1 for magnitude, 2 for power. Default: 2.</param>
/// <param name="MinPower">Least power before the logarithm, above 0. Default: 1e-10.</param>
/// <param name="RefPower">Power of 0 dB. Default: 1.</param>
/// <remarks>Input <c>(batch, samples)</c> or <c>(samples)</c> → output <c>(batch, bands, frames)</c>.</remarks>
public sealed record MelSpectrogram(
    [Range(2, 1_048_576)] int FftLength = 2_048,
    [Range(1, 1_048_576)] int SequenceStride = 512,
    [Range(1, 1_048_576)] int? SequenceLength = null,
    [NullAllowed] MelWindow? Window = MelWindow.Hann,
    [Range(1, 100_000_000)] int SamplingRate = 16_000,
    [Range(1, 65_536)] int NumMelBins = 128,
    [Range(0.0, 1e8)] double MinFreq = 20.0,
    [Range(0.0, 1e8)] double? MaxFreq = null,
    bool PowerToDb = true,
    double TopDb = 80.0,
    double MagExp = 2.0,
    [Range(double.Epsilon, 1e30)] double MinPower = 1e-10,
    double RefPower = 1.0) : LayerSpec
{
    /// <summary>Samples of a frame, the default filled in.</summary>
    public int Frame => SequenceLength ?? FftLength;

    /// <summary>Highest frequency, the default filled in; Keras takes 0 as the default too.</summary>
    public double Highest => MaxFreq is null or 0 ? SamplingRate / 2 : MaxFreq.Value;

    /// <inheritdoc />
    public override void CheckFields()
    {
        if (Frame > FftLength)
            throw new SpecException($"expected at most the fft_length, {FftLength}. Received: {Frame}.", "sequence_length");
        if (Highest <= MinFreq)
            throw new SpecException($"expected a frequency above min_freq, {MinFreq}. Received: {Highest}.", "max_freq");
    }

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        if (input.Rank is not (1 or 2))
            throw new SpecException($"expected audio of 2 axes (batch, samples), or 1. Received: {input}.");
        if (input[-1] is { } samples && samples <= FftLength / 2)
            throw new SpecException($"expected more than {FftLength / 2} samples, half the fft_length, since the ends are mirrored. Received: {samples}.");
        // The ends are filled up by half a transform each.
        var frames = (input[-1] + 2 * (FftLength / 2) - FftLength) / SequenceStride + 1;
        return input.Rank == 1 ? new Shape(NumMelBins, frames) : new Shape(input[0], NumMelBins, frames);
    }
}
