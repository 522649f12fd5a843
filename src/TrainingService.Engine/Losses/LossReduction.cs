using TrainingService.Contracts.Losses;
using TrainingService.Engine.Datasets;
using static TorchSharp.torch;

namespace TrainingService.Engine.Losses;

/// <summary>How values per sample become one number.</summary>
internal static class LossReduction
{
    /// <summary>Applies mask and weights and reduces.</summary>
    public static Tensor Reduce(Tensor values, Tensor? sampleWeight, Tensor? mask, Reduction reduction)
    {
        var weight = Weigh(sampleWeight, mask, reduction, values.dtype);
        if (weight is not null)
        {
            (values, weight) = Ranks.Match(values, weight);
            RequireBroadcast(values, weight);
            values = values * weight;
        }
        if (reduction == Reduction.None || values.dim() == 0)
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
    public static Tensor? Weigh(Tensor? sampleWeight, Tensor? mask, Reduction reduction, ScalarType type)
    {
        var weight = sampleWeight?.to(type);
        if (mask is null)
            return weight;
        var valid = mask.to(type);
        if (reduction is Reduction.Mean or Reduction.SumOverBatchSize)
            valid = valid * DivideNoNan(full_like(valid.sum(), valid.numel()), valid.sum());
        if (weight is null)
            return valid;
        (valid, weight) = Ranks.Match(valid, weight);
        return valid * weight;
    }

    private static void RequireBroadcast(Tensor values, Tensor weight)
    {
        for (var axis = 1; axis <= Math.Min(values.dim(), weight.dim()); axis++)
        {
            var (size, other) = (values.shape[^axis], weight.shape[^axis]);
            if (size != other && size != 1 && other != 1)
                throw new DatasetException($"sample_weight: expected a shape that can be broadcast to the loss's values, ({string.Join(", ", values.shape)}). Received: ({string.Join(", ", weight.shape)}).");
        }
    }

    /// <summary>The quotient, and 0 where the divisor is 0.</summary>
    public static Tensor DivideNoNan(Tensor dividend, Tensor divisor)
    {
        var none = divisor.eq(0);
        return (dividend / divisor.masked_fill(none, 1)).masked_fill(none, 0);
    }
}
