using TorchSharp;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Layers;
using TrainingService.Engine.Tests.Training;

namespace TrainingService.Engine.Tests.Layers.Preprocessing;

[Collection(TrainingCollection.Name)]
public sealed class SpectrogramTests
{
    private const int Length = 32;

    [Fact]
    public void A_tone_stands_at_its_frequency()
    {
        using var scope = torch.NewDisposeScope();
        var tone = Tone(5, 1);
        var magnitude = Made.Call(new STFTSpectrogram(SpectrogramMode.Magnitude, Length, Window: StftWindow.Boxcar), tone).Values();
        // Half the frame's length, over the root of the window's sum of squares.
        Assert.Equal(Length / 2 / Math.Sqrt(Length), magnitude[5], 3);
        Assert.All(magnitude.Where((_, frequency) => frequency != 5), value => Assert.InRange(value, 0, 1e-3));
        var power = Made.Call(new STFTSpectrogram(SpectrogramMode.Psd, Length, Window: StftWindow.Boxcar), tone).Values();
        Assert.Equal(2 * Math.Pow(Length / 2, 2) / Length, power[5], 3);
        var log = Made.Call(new STFTSpectrogram(FrameLength: Length, Window: StftWindow.Boxcar), tone).Values();
        Assert.Equal(Math.Log(magnitude[5]), log[5], 3);
    }

    [Fact]
    public void Parts_and_phase_belong_together()
    {
        using var scope = torch.NewDisposeScope();
        using var generator = new torch.Generator(3);
        var signal = torch.randn(2, 100, 3, generator: generator);
        STFTSpectrogram Spec(SpectrogramMode mode) => new(mode, Length, 8, 64, Padding: Contracts.Layers.Padding.Same, ExpandDims: true);
        var (real, imaginary) = (Made.Call(Spec(SpectrogramMode.Real), signal), Made.Call(Spec(SpectrogramMode.Imag), signal));
        Assert.True(torch.atan2(imaginary, real).allclose(Made.Call(Spec(SpectrogramMode.Angle), signal), atol: 1e-4));
        Assert.True(torch.cat([real, imaginary], 2).allclose(Made.Call(Spec(SpectrogramMode.Stft), signal)));
        Assert.True((real.square() + imaginary.square()).clamp_min(1e-7).sqrt().allclose(Made.Call(Spec(SpectrogramMode.Magnitude), signal), atol: 1e-5));
    }

    [Fact]
    public void The_mel_scale_is_in_decibels_below_the_loudest()
    {
        using var scope = torch.NewDisposeScope();
        var spec = new MelSpectrogram(FftLength: 512, SequenceStride: 128, SamplingRate: 8_000, NumMelBins: 40);
        var time = torch.arange(8_000, dtype: torch.float32) / 8_000.0;
        var mel = Made.Call(spec, (time * (2 * Math.PI * 1_000)).sin().unsqueeze(0)); // (1, bands, frames)
        var loudest = mel.select(2, 20).argmax().item<long>();
        // 1000 Hz on a scale of 40 triangles between 20 and 4000 Hz.
        double Mel(double hertz) => 1127 * Math.Log(1 + hertz / 700);
        var expected = (Mel(1_000) - Mel(20)) / (Mel(4_000) - Mel(20)) * 41 - 1;
        Assert.InRange(loudest, expected - 1, expected + 1);
        Assert.Equal(80, (mel.max() - mel.min()).item<float>(), 2);
    }

    private static torch.Tensor Tone(int frequency, int channels) =>
        (torch.arange(Length, dtype: torch.float32) * (2 * Math.PI * frequency / Length)).cos().view(1, Length, 1).expand(1, Length, channels);
}
