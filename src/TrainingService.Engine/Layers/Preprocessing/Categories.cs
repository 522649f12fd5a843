using TorchSharp;
using TrainingService.Contracts.Layers;
using static TorchSharp.torch;

namespace TrainingService.Engine.Layers;

/// <summary>Numbers of categories as one-hot rows, sets and counts.</summary>
internal static class Categories
{
    /// <summary>Encodes; a negative number stands for nothing.</summary>
    /// <param name="indices">Whole numbers.</param>
    /// <param name="mode">How they come out; tf_idf counts.</param>
    /// <param name="depth">How many categories there are; a number from it on is an error.</param>
    /// <param name="weights">What each number adds to its count; null is 1.</param>
    public static Tensor Encode(Tensor indices, CategoryOutput mode, long depth, Tensor? weights = null)
    {
        if (mode == CategoryOutput.Int)
            return indices;
        var present = indices.ge(0).to(float32);
        var places = indices.clamp_min(0);
        if (mode == CategoryOutput.OneHot)
        {
            if (places.dim() > 1 && places.shape[^1] == 1)
                (places, present) = (places.squeeze(-1), present.squeeze(-1));
            return zeros([.. places.shape, depth], device: indices.device).scatter_(-1, places.unsqueeze(-1), present.unsqueeze(-1));
        }
        if (weights is not null)
            present = present * weights.to(float32);
        if (places.dim() > 2)
            (places, present) = (places.movedim([1L], [-1L]), present.movedim([1L], [-1L])); // what is counted comes last
        var counts = zeros([.. places.shape[..^1], depth], device: indices.device).scatter_add_(-1, places, present);
        return mode == CategoryOutput.MultiHot ? counts.gt(0).to(float32) : counts;
    }
}
