using TorchSharp;
using static TorchSharp.torch;

namespace TrainingService.Engine.Layers;

/// <summary>Which query may attend to which key: true where it may.</summary>
internal static class AttentionMasks
{
    /// <summary>No query attends to a later key: (queries, keys).</summary>
    public static Tensor Causal(long queries, long keys, Device device) => ones([queries, keys], @bool, device).tril();

    /// <summary>A query attends to the keys less than so many steps away, before and after it: (queries, keys).</summary>
    public static Tensor Window(long queries, long keys, long width, Device device) =>
        (arange(queries, device: device).unsqueeze(1) - arange(keys, device: device)).abs().lt(width);

    /// <summary>Where both allow it; null allows everything.</summary>
    public static Tensor? And(Tensor? one, Tensor? other) => one is null ? other : other is null ? one : one.logical_and(other);
}
