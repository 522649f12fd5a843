using TorchSharp;
using TrainingService.Contracts.Layers;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Short-time Fourier transform as a convolution.</summary>
public sealed class STFTSpectrogram(Specs.STFTSpectrogram spec, LayerContext context)
    // (frequencies, 1, frame) in memory: what libtorch wants.
    : Layer(spec, context, _ => [2, 1, 0])
{
    private const double Epsilon = 1e-7;

    /// <inheritdoc />
    public override Tensor Call(Tensor x, CallContext call)
    {
        var signals = spec.DataFormat == DataFormat.ChannelsLast ? x.permute(0, 2, 1) : x; // (batch, channels, time)
        if (!signals.is_floating_point())
            throw new ArgumentException($"{Name}: expected floating-point samples. Received: {signals.dtype}.");
        var real = spec.Mode == SpectrogramMode.Imag ? null : Transform(signals, "real_kernel");
        var imaginary = spec.Mode == SpectrogramMode.Real ? null : Transform(signals, "imag_kernel");
        return Arrange(spec.Mode switch
        {
            SpectrogramMode.Real => real!,
            SpectrogramMode.Imag => imaginary!,
            SpectrogramMode.Angle => atan2(imaginary!, real!),
            SpectrogramMode.Stft => cat([real!, imaginary!], 2),
            SpectrogramMode.Psd => OneSided(real!.square() + imaginary!.square()),
            SpectrogramMode.Magnitude => Magnitude(real!, imaginary!),
            _ => Magnitude(real!, imaginary!).clamp_min(Epsilon).log(),
        });
    }

    /// <summary>(batch, channels, frequencies, frames).</summary>
    private Tensor Transform(Tensor signals, string kernel)
    {
        var (batch, channels, time) = (signals.shape[0], signals.shape[1], signals.shape[2]);
        var rows = signals.reshape(batch * channels, 1, time);
        if (spec.Padding == Specs.Padding.Same)
        {
            var (before, after) = Windows.SamePadding(time, spec.FrameLength, spec.Step);
            rows = nn.functional.pad(rows, (before, after));
        }
        var y = nn.functional.conv1d(rows, Value(kernel).permute(2, 1, 0), stride: spec.Step);
        return y.reshape(batch, channels, y.shape[1], y.shape[2]);
    }

    private static Tensor Magnitude(Tensor real, Tensor imaginary) => (real.square() + imaginary.square()).clamp_min(Epsilon).sqrt();

    /// <summary>All frequencies but the first and last count for their negative ones too.</summary>
    private static Tensor OneSided(Tensor power)
    {
        var twice = ones(power.shape[2], dtype: power.dtype, device: power.device) * 2;
        twice[0] = 1;
        twice[-1] = 1;
        return power * twice.unsqueeze(-1);
    }

    /// <param name="y">(batch, channels, frequencies, frames).</param>
    private Tensor Arrange(Tensor y) => (spec.DataFormat == DataFormat.ChannelsLast, spec.ExpandDims) switch
    {
        (true, true) => y.permute(0, 3, 2, 1),
        (true, false) => y.flatten(1, 2).permute(0, 2, 1),
        (false, true) => y.permute(0, 1, 3, 2),
        (false, false) => y.flatten(1, 2),
    };
}
