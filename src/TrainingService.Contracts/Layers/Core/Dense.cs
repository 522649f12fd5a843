using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Fully connected layer: <c>y = activation(x·W + b)</c>.</summary>
/// <param name="Units">Size of the last output axis.</param>
/// <param name="Activation">Applied element-wise to the output. Default: linear.</param>
/// <param name="UseBias">Whether to learn <c>b</c>; switch off in front of batch normalization. Default: true.</param>
/// <param name="KernelInitializer">Default: glorot_uniform.</param>
/// <param name="BiasInitializer">Default: zeros.</param>
/// <param name="KernelRegularizer">Only null.</param>
/// <param name="BiasRegularizer">Only null.</param>
/// <param name="ActivityRegularizer">Only null.</param>
/// <param name="KernelConstraint">Only null.</param>
/// <param name="BiasConstraint">Only null.</param>
/// <param name="LoraRank">Only null.</param>
/// <param name="LoraAlpha">Only null.</param>
/// <param name="QuantizationConfig">Only null.</param>
/// <remarks>Input <c>(batch, …, in)</c> → output <c>(batch, …, units)</c>.</remarks>
public sealed record Dense(
    [Range(1, int.MaxValue)] int Units,
    Activation Activation = Activation.Linear,
    bool UseBias = true,
    InitializerSpec? KernelInitializer = null,
    InitializerSpec? BiasInitializer = null,
    [DefaultOnly] object? KernelRegularizer = null,
    [DefaultOnly] object? BiasRegularizer = null,
    [DefaultOnly] object? ActivityRegularizer = null,
    [DefaultOnly] object? KernelConstraint = null,
    [DefaultOnly] object? BiasConstraint = null,
    [DefaultOnly] object? LoraRank = null,
    [DefaultOnly] object? LoraAlpha = null,
    [DefaultOnly] object? QuantizationConfig = null) : LayerSpec
{
    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with
    {
        KernelInitializer = KernelInitializer ?? new GlorotUniform(),
        BiasInitializer = BiasInitializer ?? new Zeros(),
    };

    /// <inheritdoc />
    public override Shape OutputShape(Shape input) =>
        input.Rank < 2 ? throw new SpecException($"expected at least 2 axes (batch, …, features). Received: {input}.")
        : input[-1] is null ? throw new SpecException($"the last axis must be known. Received: {input}.")
        : input.WithLast(Units);

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input)
    {
        var kernel = new WeightSpec("kernel", new Shape(input[-1], Units), KernelInitializer ?? new GlorotUniform());
        return UseBias ? [kernel, new WeightSpec("bias", new Shape(Units), BiasInitializer ?? new Zeros())] : [kernel];
    }
}
