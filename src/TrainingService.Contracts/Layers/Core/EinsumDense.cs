using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Any product of the input with a kernel that Einstein's notation can say: <c>y = activation(einsum(equation, x, W) + b)</c>.</summary>
/// <param name="Equation">Such as <c>abc,cd->abd</c>; axes in front or behind may be left out: <c>...x,xy->...y</c>, <c>ab...,bc->ac...</c>.</param>
/// <param name="PartialOutputShape">The output's sizes without the batch axis and those left out by the dots; null takes the input's size.</param>
/// <param name="Activation">Applied to the output. Default: linear.</param>
/// <param name="BiasAxes">Letters of the output's axes along which a bias is learned. Default: no bias.</param>
/// <remarks>Input and output as the equation says; the first axis is the batch's.</remarks>
public sealed record EinsumDense(
    [StringLength(200, MinimumLength = 1)] string Equation,
    [WireName("output_shape")][OrSingle] Shape PartialOutputShape,
    Activation Activation = Activation.Linear,
    [StringLength(52)] string? BiasAxes = null) : KernelLayer(Activation)
{
    /// <summary>Rank of a low-rank addition that is trained instead of the kernel (LoRA; Hu et al., 2021). Default: none.</summary>
    [Range(1, 65_536)]
    public int? LoraRank { get; init; }

    /// <summary>The addition is scaled by <c>lora_alpha / lora_rank</c>. Default: the rank.</summary>
    public double? LoraAlpha { get; init; }

    /// <summary>Only null: quantized kernels are not computed.</summary>
    [DefaultOnly]
    public object? QuantizationConfig { get; init; }

    /// <summary>Only null: quantized kernels are not computed.</summary>
    [DefaultOnly]
    [OmittedWhenNull]
    public object? GptqUnpackedColumnSize { get; init; }

    /// <inheritdoc />
    public override void CheckFields()
    {
        Lora.Check(LoraRank, LoraAlpha, KernelConstraint);
        EinsumEquation.Parse(Equation);
    }

    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => Activated.Shape(Activation, Shapes(input).Output);

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input)
    {
        var shapes = Shapes(input);
        IEnumerable<WeightSpec> bias = shapes.Bias is { } shape ? [Bias(shape)] : [];
        var kernel = Kernel(shapes.Kernel, LoraRank is null);
        // Which axes are inputs, only the equation knows.
        if (KernelInitializer is ScaledInitializerSpec { InputAxes: null } or ScaledInitializerSpec { OutputAxes: null })
            kernel = kernel with { Initializer = (ScaledInitializerSpec)KernelInitializer with { InputAxes = shapes.InputAxes, OutputAxes = shapes.OutputAxes } };
        return [kernel, .. bias, .. Lora.Weights(LoraRank, shapes.Kernel, KernelRegularizer)];
    }

    private EinsumShapes Shapes(Shape input) => EinsumEquation.Parse(Equation).Shapes(input, PartialOutputShape, BiasAxes);
}
