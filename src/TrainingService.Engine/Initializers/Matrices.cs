using TorchSharp;
using TrainingService.Contracts.Initializers;
using static TorchSharp.torch;

namespace TrainingService.Engine.Initializers;

/// <summary>Initializers whose values belong together.</summary>
internal static class Matrices
{
    /// <summary>Orthonormal rows or columns; all axes but the last count as one.</summary>
    public static Tensor Orthogonal(Orthogonal spec, long[] shape, Generator generator)
    {
        var columns = shape[^1];
        var rows = shape[..^1].Aggregate(1L, (product, size) => product * size);
        var samples = Distributions.Normal([Math.Max(rows, columns), Math.Min(rows, columns)], 0, 1, generator);
        var (q, r) = linalg.qr(samples);
        q = q * r.diagonal().sign(); // without it, the decomposition would prefer some matrices
        return (rows < columns ? q.t() : q).reshape(shape).mul(spec.Gain);
    }

    /// <summary>(frame length, channels, frequencies).</summary>
    public static Tensor Stft(Stft spec, long[] shape)
    {
        var (length, frequencies) = ((int)shape[0], shape[2]);
        var frequency = arange(frequencies, dtype: float32).view(1, 1, -1) / (2.0 * (frequencies - 1));
        var angle = arange(length, dtype: float32).view(-1, 1, 1).mul(-2).mul(frequency).mul(Math.PI); // (length, 1, frequencies)
        var kernel = spec.Side == StftSide.Real ? angle.cos() : angle.sin();
        if (spec.Window is { } named)
        {
            var window = tensor(Windows.Create(named, length, spec.Periodic)).to(float32).view(-1, 1, 1);
            kernel = kernel * window;
            kernel = spec.Scaling switch
            {
                StftScaling.Density => kernel / window.square().sum().sqrt(),
                StftScaling.Spectrum => kernel / window.abs().sum(),
                _ => kernel,
            };
        }
        return kernel.expand(shape).contiguous();
    }
}
