using TrainingService.Engine.Models;
using static TorchSharp.torch;

namespace TrainingService.Engine.Optimizers;

/// <summary>Parts of tensors that are laid out like a parameter buffer, made once and kept.</summary>
internal static class Slices
{
    /// <summary>The parts as one-dimensional tensors.</summary>
    public static IReadOnlyList<Tensor> Of(ParameterBuffer parameters, Tensor flat) => Kept(parameters, slice => slice.Of(flat));

    /// <summary>The parts with the weights' axes.</summary>
    public static IReadOnlyList<Tensor> Views(ParameterBuffer parameters, Tensor flat) => Kept(parameters, slice => slice.View(flat));

    private static List<Tensor> Kept(ParameterBuffer parameters, Func<ParameterSlice, Tensor> part)
    {
        using var scope = NewDisposeScope();
        return [.. parameters.Slices.Select(slice => part(slice).DetachFromDisposeScope())];
    }

    /// <summary>Frees the parts, not what they are parts of.</summary>
    public static void Dispose(IEnumerable<Tensor> parts)
    {
        foreach (var part in parts)
            part.Dispose();
    }
}
