using TrainingService.Contracts.Losses;
using static TorchSharp.torch;

namespace TrainingService.Engine.Losses;

/// <summary>How values per sample become one number.</summary>
internal static class LossReduction
{
    /// <summary>Applies mask and weights and reduces.</summary>
    public static Tensor Reduce(Tensor values, Tensor? sampleWeight, Tensor? mask, Reduction reduction)
    {
        var weight = Weigh(sampleWeight, mask, reduction);
        if (weight is not null)
        {
            (values, weight) = Ranks.Match(values, weight.to(float32));
            values *= weight;
        }
        if (values.dim() == 0)
            return values;
        if (weight is null && reduction != Reduction.Sum)
            return values.mean();
        var sum = values.sum();
        return reduction switch
        {
            Reduction.Sum => sum,
            Reduction.MeanWithSampleWeight when weight is not null => DivideNoNan(sum, weight.sum()),
            _ => sum / Math.Max(1, values.numel()),
        };
    }

    /// <summary>Merges a mask into the weights; for means the mask is scaled so that the mean runs over the valid values.</summary>
    private static Tensor? Weigh(Tensor? sampleWeight, Tensor? mask, Reduction reduction)
    {
        if (mask is null)
            return sampleWeight;
        var valid = mask.to(float32);
        if (reduction is Reduction.Mean or Reduction.SumOverBatchSize)
            valid *= valid.numel() / (valid.sum() + Loss.Epsilon);
        if (sampleWeight is null)
            return valid;
        var (first, second) = Ranks.Match(valid, sampleWeight.to(float32));
        return first * second;
    }

    private static Tensor DivideNoNan(Tensor sum, Tensor divisor) => where(divisor == 0, zeros_like(sum), sum / divisor);
}
