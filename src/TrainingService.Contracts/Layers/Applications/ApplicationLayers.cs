using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Keras's own layer of ConvNeXt: a trained factor per channel, <c>y = x · γ</c> (Touvron et al., 2021).</summary>
/// <param name="InitValues">First value of every factor.</param>
/// <param name="ProjectionDim">Number of channels, the last axis.</param>
/// <remarks>Input and output <c>(batch, …, projection_dim)</c>.</remarks>
public sealed record LayerScale(double InitValues, [Range(1, int.MaxValue)] int ProjectionDim) : LayerSpec
{
    /// <inheritdoc />
    public override Shape OutputShape(Shape input) =>
        input.Rank >= 2 && (input[-1] is null || input[-1] == ProjectionDim)
            ? input.WithLast(ProjectionDim)
            : throw new SpecException($"expected a last axis of {ProjectionDim}. Received: {input}.", "projection_dim");

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input) => [new("variable", new Shape(ProjectionDim), new Constant(InitValues))];
}

/// <summary>Keras's own layer of ConvNeXt: while training, drops whole samples of a residual path and scales the rest by <c>1 / (1 - rate)</c>; otherwise the identity.</summary>
/// <param name="DropPathRate">Share of the samples to drop, 0 to 1.</param>
public sealed record StochasticDepth([Range(0.0, 1.0)] double DropPathRate) : LayerSpec
{
    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => input;
}

/// <summary>Keras's own layer of InceptionResNetV2: the first input, and the second times a factor.</summary>
/// <param name="Scale">The factor.</param>
/// <remarks>Two inputs of one shape; the output has it too.</remarks>
public sealed record CustomScaleLayer(double Scale) : LayerSpec
{
    /// <inheritdoc />
    public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs, CallSpec call) =>
        inputs.Count == 2 && inputs[0].IsCompatibleWith(inputs[1])
            ? [inputs[0]]
            : throw new SpecException($"expected two inputs of one shape. Received: {string.Join(" and ", inputs)}.");
}
