using TrainingService.Contracts.Layers;
using static TorchSharp.torch;

namespace TrainingService.Engine.Layers;

/// <summary>Colour spaces and value ranges of images (batch, height, width, channels).</summary>
internal static class Colors
{
    private const double SingleEpsilon = 1.1920929e-7;
    private static readonly ValueRange Unit = new(0, 1);

    /// <summary>Values of one range as values of another.</summary>
    public static Tensor Rescale(Tensor images, ValueRange from, ValueRange to) =>
        from == to ? images : (images - from.First) / (from.Second - from.First) * (to.Second - to.First) + to.First;

    /// <summary>Values of a range as parts of it.</summary>
    public static Tensor ToUnit(Tensor images, ValueRange from) => Rescale(images, from, Unit);

    /// <summary>Parts of a range as its values.</summary>
    public static Tensor FromUnit(Tensor images, ValueRange to) => Rescale(images, Unit, to);

    /// <summary>Brightness as one channel: 0.2989 R + 0.587 G + 0.114 B; a grey image stays.</summary>
    public static Tensor Gray(Tensor images)
    {
        if (images.shape[^1] == 1)
            return images;
        var (red, green, blue) = Planes(images);
        return (red * 0.2989 + green * 0.587 + blue * 0.114).unsqueeze(-1);
    }

    /// <summary>Red, green, blue to hue, saturation, value.</summary>
    public static (Tensor Hue, Tensor Saturation, Tensor Value) ToHsv(Tensor images)
    {
        var (red, green, blue) = Planes(images.masked_fill(images.abs().less(SingleEpsilon), 0));
        var value = red.maximum(green).maximum(blue);
        var range = value - red.minimum(green).minimum(blue);
        var saturation = where(value.greater(0), range / where(value.greater(0), value, ones_like(value)), zeros_like(value));
        var sixth = 1 / (6 * where(range.greater(0), range, ones_like(range)));
        var hue = where(value.eq(green), sixth * (blue - red) + 2.0 / 6, sixth * (red - green) + 4.0 / 6);
        hue = where(value.eq(red), sixth * (green - blue), hue);
        return (where(range.greater(0), hue, zeros_like(hue)) + hue.less(0).to(hue.dtype), saturation, value);
    }

    /// <summary>Hue, saturation, value to red, green, blue.</summary>
    public static Tensor FromHsv(Tensor hue, Tensor saturation, Tensor value)
    {
        var turn = hue.remainder(1) * 6;
        var rest = 1 - saturation;
        return stack(
        [
            value * (rest + saturation * ((turn - 3).abs() - 1).clamp(0, 1)),
            value * (rest + saturation * (2 - (turn - 2).abs()).clamp(0, 1)),
            value * (rest + saturation * (2 - (turn - 4).abs()).clamp(0, 1)),
        ], -1);
    }

    private static (Tensor, Tensor, Tensor) Planes(Tensor images) => (images.select(-1, 0), images.select(-1, 1), images.select(-1, 2));
}
