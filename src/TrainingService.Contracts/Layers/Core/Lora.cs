using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Regularizers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>
/// The low-rank addition of LoRA: the kernel itself stays fixed, and <c>kernel + a·b · alpha / rank</c> computes instead. <c>b</c> begins
/// at zero, so that the layer begins as it was.
/// </summary>
public static class Lora
{
    /// <summary>What is the same for every layer with a <c>lora_rank</c>.</summary>
    /// <exception cref="SpecException">A constraint on the kernel, or an alpha without a rank.</exception>
    public static void Check(int? rank, double? alpha, ConstraintSpec? constraint)
    {
        if (rank is not null && constraint is not null)
            throw new SpecException("lora_rank and kernel_constraint cannot go together.", "lora_rank");
        if (rank is null && alpha is not null)
            throw new SpecException($"lora_alpha needs a lora_rank. Received: {alpha}.", "lora_alpha");
    }

    /// <summary>The two factors: <c>(…, rank)</c> and <c>(rank, out)</c>; none without a rank.</summary>
    public static IEnumerable<WeightSpec> Weights(int? rank, Shape kernel, RegularizerSpec? regularizer) => rank is null ? [] :
    [
        new WeightSpec("lora_kernel_a", kernel.WithLast(rank), new HeUniform(), Regularizer: regularizer),
        new WeightSpec("lora_kernel_b", new Shape(rank, kernel[-1]), new Zeros(), Regularizer: regularizer),
    ];
}
