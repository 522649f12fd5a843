using TorchSharp;

namespace TrainingService.Engine.Layers;

/// <summary>A kernel with LoRA's addition: <c>kernel + a·b · alpha / rank</c>.</summary>
internal static class LoraKernel
{
    /// <summary>The kernel to compute with.</summary>
    /// <param name="kernel">(…, in, out).</param>
    /// <param name="a">(…, in, rank), or null without LoRA.</param>
    /// <param name="b">(rank, out).</param>
    /// <param name="alpha">Null is the rank.</param>
    public static torch.Tensor Of(torch.Tensor kernel, torch.Tensor? a, torch.Tensor? b, double? alpha)
    {
        if (a is null || b is null)
            return kernel;
        var rank = b.size(0);
        var addition = torch.mm(a.reshape(-1, rank), b).reshape(kernel.shape);
        return kernel + addition * ((alpha ?? rank) / rank);
    }
}
