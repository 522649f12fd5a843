using TorchSharp;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Layers;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Spectrogram of raw audio on the mel scale.</summary>
public sealed class MelSpectrogram : Layer
{
    private const double BreakFrequency = 700, HighFrequencyQ = 1127;
    private readonly Specs.MelSpectrogram _spec;
    private readonly Tensor _window; // (fft length)
    private readonly Tensor _bands; // (frequencies, bands)

    /// <summary>Builds the layer.</summary>
    public MelSpectrogram(Specs.MelSpectrogram spec, LayerContext context) : base(spec, context)
    {
        _spec = spec;
        _window = tensor(Window(), device: context.Device).to(float32).DetachFromDisposeScope();
        _bands = Bands(context.Device);
    }

    /// <inheritdoc />
    public override Tensor Call(Tensor x, CallContext call)
    {
        var half = _spec.FftLength / 2;
        var audio = x.to(x.dtype == float64 ? float64 : float32).reshape(-1, 1, x.shape[^1]); // (batch, 1, samples)
        var padded = nn.functional.pad(audio, (half, half), PaddingModes.Reflect).squeeze(1);
        var frames = padded.unfold(-1, _spec.FftLength, _spec.SequenceStride) * _window; // (batch, frames, samples)
        var power = fft.rfft(frames).abs().pow(_spec.MagExp); // (batch, frames, frequencies)
        var mel = einsum("bft,tm->bmf", power, _bands.to(power.dtype)); // (batch, bands, frames)
        if (_spec.PowerToDb)
            mel = Decibels(mel);
        var y = x.dim() == 1 ? mel.squeeze(0) : mel;
        return x.is_floating_point() ? y.to(x.dtype) : y;
    }

    private Tensor Decibels(Tensor mel)
    {
        var loudness = mel.clamp_min(_spec.MinPower).log10() * 10 - 10 * Math.Log10(Math.Max(Math.Abs(_spec.RefPower), _spec.MinPower));
        return loudness.maximum(loudness.max() - _spec.TopDb);
    }

    /// <summary>The window of a frame in the middle of the transform's samples.</summary>
    private double[] Window()
    {
        if (_spec.Window is not { } named)
            return [.. Enumerable.Repeat(1.0, _spec.FftLength)];
        var values = Initializers.Windows.Create(named == MelWindow.Hann ? StftWindow.Hann : StftWindow.Hamming, _spec.Frame, periodic: true);
        var window = new double[_spec.FftLength];
        values.CopyTo(window, (_spec.FftLength - _spec.Frame) / 2);
        return window;
    }

    /// <summary>Triangles on the mel scale; the frequency 0 belongs to none.</summary>
    private Tensor Bands(Device device)
    {
        using var scope = NewDisposeScope();
        var bins = _spec.FftLength / 2 + 1;
        var (low, high) = (Mel(_spec.MinFreq), Mel(_spec.Highest));
        var edges = linspace(low, high, _spec.NumMelBins + 2, float32);
        var frequencies = linspace(0, _spec.SamplingRate / 2.0, bins, float32).narrow(0, 1, bins - 1);
        var mel = (frequencies / BreakFrequency + 1).log().mul(HighFrequencyQ).unsqueeze(1); // (frequencies - 1, 1)
        var (lower, centre, upper) = (edges.narrow(0, 0, _spec.NumMelBins), edges.narrow(0, 1, _spec.NumMelBins), edges.narrow(0, 2, _spec.NumMelBins));
        var slopes = ((mel - lower) / (centre - lower)).minimum((upper - mel) / (upper - centre)).clamp_min(0);
        return nn.functional.pad(slopes, (0L, 0L, 1L, 0L)).to(device).DetachFromDisposeScope();
    }

    private static double Mel(double hertz) => HighFrequencyQ * Math.Log(1 + hertz / BreakFrequency);

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _window.Dispose();
        _bands.Dispose();
    }
}
