using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>
/// Fully connected layer whose kernel counts as -1, 0 or 1: the sign of what is above a threshold in magnitude. Gradients pass as if the
/// kernel counted as it is.
/// </summary>
/// <param name="Units">Size of the last output axis.</param>
/// <param name="Threshold">
/// Magnitudes up to it count as 0. Default: half of the kernel's mean magnitude; the product is then multiplied by that mean.
/// </param>
/// <param name="Activation">Applied to the output. Default: linear.</param>
/// <param name="UseBias">Whether to learn an offset. Default: true.</param>
/// <remarks>Input <c>(batch, …, in)</c> → output <c>(batch, …, units)</c>.</remarks>
public sealed record TernaryDense(
    [Range(1, int.MaxValue)] int Units,
    [Range(0.0, 1e30)] double? Threshold = null,
    Activation Activation = Activation.Linear,
    bool UseBias = true) : KernelLayer(Activation)
{
    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        Features(input);
        return Activated.Shape(Activation, input.WithLast(Units));
    }

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input)
    {
        var kernel = Kernel(new Shape(Features(input), Units));
        return UseBias ? [kernel, Bias(new Shape(Units))] : [kernel];
    }
}
