using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Fully connected layer: <c>y = activation(x·W + b)</c>.</summary>
/// <param name="Units">Size of the last output axis.</param>
/// <param name="Activation">Applied to the output. Default: linear.</param>
/// <param name="UseBias">Whether to learn <c>b</c>; switch off in front of batch normalization. Default: true.</param>
/// <remarks>Input <c>(batch, …, in)</c> → output <c>(batch, …, units)</c>.</remarks>
public sealed record Dense(
    [Range(1, int.MaxValue)] int Units,
    Activation Activation = Activation.Linear,
    bool UseBias = true) : KernelLayer(Activation)
{
    /// <summary>Rank of a low-rank addition that is trained instead of the kernel (LoRA; Hu et al., 2021). Default: none.</summary>
    [Range(1, 65_536)]
    public int? LoraRank { get; init; }

    /// <summary>Keras builds the layer with alpha equal to the rank, whatever stands here. Default: the rank.</summary>
    public double? LoraAlpha { get; init; }

    /// <summary>Only null: quantized kernels are not computed.</summary>
    [DefaultOnly]
    public object? QuantizationConfig { get; init; }

    /// <inheritdoc />
    public override void CheckFields() => Lora.Check(LoraRank, LoraAlpha, KernelConstraint);

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        Features(input);
        return Activated.Shape(Activation, input.WithLast(Units));
    }

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input)
    {
        var kernel = new Shape(Features(input), Units);
        IEnumerable<WeightSpec> bias = UseBias ? [Bias(new Shape(Units))] : [];
        return [Kernel(kernel, LoraRank is null), .. bias, .. Lora.Weights(LoraRank, kernel, KernelRegularizer)];
    }
}
