using static TorchSharp.torch;

namespace TrainingService.Engine.Losses;

/// <summary>Keras's leniency about a last axis of 1.</summary>
internal static class Ranks
{
    /// <summary>Where the ranks differ by one and the longer ends in 1, squeezes the longer, or expands the shorter when it has only one axis.</summary>
    public static (Tensor First, Tensor Second) Match(Tensor first, Tensor second)
    {
        var difference = first.dim() - second.dim();
        if (difference == 1 && first.shape[^1] == 1)
            return second.dim() == 1 ? (first, second.unsqueeze(-1)) : (first.squeeze(-1), second);
        if (difference == -1 && second.shape[^1] == 1)
            return first.dim() == 1 ? (first.unsqueeze(-1), second) : (first, second.squeeze(-1));
        return (first, second);
    }
}
