using TorchSharp;
using TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>
/// Images at another size, by a kernel around every sample place. Pixels outside the image do not count: the weights of those inside are
/// scaled to sum to 1.
/// </summary>
internal static class Resampling
{
    /// <summary>(batch, channels, height, width) → (batch, channels, height', width').</summary>
    public static torch.Tensor Resize(torch.Tensor images, long height, long width, Interpolation interpolation)
    {
        var across = torch.nn.functional.linear(images, Weights(images.size(3), width, interpolation, images)); // (…, height, width')
        return torch.nn.functional.linear(across.transpose(2, 3), Weights(images.size(2), height, interpolation, images)).transpose(2, 3);
    }

    /// <summary>What every pixel counts in every sample: (output, input).</summary>
    private static torch.Tensor Weights(long input, long output, Interpolation interpolation, torch.Tensor like)
    {
        var weights = new double[output, input];
        for (var sample = 0; sample < output; sample++)
        {
            var place = (sample + 0.5) * input / output - 0.5;
            var total = 0.0;
            for (var pixel = 0; pixel < input; pixel++)
                total += weights[sample, pixel] = Kernel(Math.Abs(place - pixel), interpolation);
            for (var pixel = 0; pixel < input; pixel++)
                weights[sample, pixel] /= total;
        }
        return torch.tensor(weights, like.dtype, like.device);
    }

    private static double Kernel(double x, Interpolation interpolation) => interpolation switch
    {
        Interpolation.Bilinear => Math.Max(0, 1 - x),
        Interpolation.Bicubic when x < 1 => (1.5 * x - 2.5) * x * x + 1,
        Interpolation.Bicubic when x < 2 => ((-0.5 * x + 2.5) * x - 4) * x + 2,
        Interpolation.Lanczos3 => Lanczos(x, 3),
        Interpolation.Lanczos5 => Lanczos(x, 5),
        _ => 0,
    };

    private static double Lanczos(double x, double radius) =>
        x > radius ? 0 : x <= 1e-3 ? 1 : radius * Math.Sin(Math.PI * x) * Math.Sin(Math.PI * x / radius) / (Math.PI * Math.PI * x * x);
}
