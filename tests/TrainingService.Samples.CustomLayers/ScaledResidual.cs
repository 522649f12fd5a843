using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Extensions;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Samples.CustomLayers;

/// <summary>A residual block that learns how much of it counts: <c>y = x + scale · up(activation(down(x)))</c>.</summary>
/// <param name="Units">Size of the last axis between the two inner layers.</param>
/// <param name="Activation">Applied between them. Default: relu.</param>
/// <remarks>Input <c>(batch, …, features)</c> → output of the same shape.</remarks>
[RegisteredLayer("sample>ScaledResidual")]
public sealed record ScaledResidual([Range(1, 65_536)] int Units, Activation Activation = Activation.Relu) : LayerSpec
{
    /// <summary>First values of <c>scale</c>, one for each feature. Default: ones.</summary>
    public InitializerSpec ScaleInitializer { get; init; } = new Ones();

    /// <summary>The inner layers, each with its name and the shape that it is called with.</summary>
    public IReadOnlyList<(string Name, LayerSpec Layer, Shape Input)> Parts(Shape input)
    {
        var down = new Dense(Units, Activation);
        return [("down", down, input), ("up", new Dense((int)Features(input)), down.OutputShape(input))];
    }

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        Features(input);
        return input;
    }

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input) =>
    [
        new WeightSpec("scale", new Shape(Features(input)), ScaleInitializer),
        .. Parts(input).SelectMany(part => Within(part.Layer, part.Name, part.Layer.Weights(part.Input))),
    ];

    private static long Features(Shape input) =>
        input.Rank >= 2 && input[-1] is { } features and <= int.MaxValue
            ? features
            : throw new SpecException($"expected an input (batch, …, features) whose last axis is known. Received: {input}.");
}
