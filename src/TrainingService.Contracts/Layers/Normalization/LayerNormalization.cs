using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Normalizes every sample by the mean and variance over some of its axes (Ba et al., 2016).</summary>
public sealed record LayerNormalization : CenteredNormalization
{
    /// <summary>The axes that are normalized together. Default: -1.</summary>
    public Axes Axis { get; init; } = [-1];

    /// <summary>Keras's older form: no mean is subtracted and no beta added, gamma is always learned. Default: false.</summary>
    public bool RmsScaling { get; init; }

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        AxisSizes.Of(Axis, input);
        return input;
    }

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input)
    {
        var shape = AxisSizes.Of(Axis, input);
        return RmsScaling ? [(this with { Scale = true }).Learned(shape).First()] : [.. Learned(shape)];
    }
}

/// <summary>Normalizes every sample by its root mean square over some axes: <c>y = scale · x / √(mean(x²) + epsilon)</c> (Zhang and Sennrich, 2019).</summary>
/// <param name="Epsilon">Added to the mean square, 0 to 1. Default: 1e-6.</param>
public sealed record RMSNormalization([Range(0.0, 1.0)] double Epsilon = 1e-6) : LayerSpec
{
    /// <summary>The axes that are normalized together. Default: -1.</summary>
    public Axes Axis { get; init; } = [-1];

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        // Keras lays the scale along the last axes, whichever the axes are.
        var scale = AxisSizes.Of(Axis, input);
        return scale.Zip(input.Skip(input.Rank - scale.Rank)).All(pair => pair.First == 1 || pair.First == pair.Second)
            ? input
            : throw new SpecException($"expected the last axes of {input}, as Keras computes. Received: {Axis}.", "axis");
    }

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input) => [new WeightSpec("scale", AxisSizes.Of(Axis, input), new Initializers.Ones())];
}

/// <summary>Brings the values along some axes to a Euclidean norm of 1.</summary>
public sealed record UnitNormalization : LayerSpec
{
    /// <summary>The axes whose norm it is. Default: -1.</summary>
    public Axes Axis { get; init; } = [-1];

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        Axis.Of(input);
        return input;
    }
}

/// <summary>Sizes of the axes that a normalization learns figures for.</summary>
public static class AxisSizes
{
    /// <summary>The sizes of these axes, in their order in the input.</summary>
    /// <exception cref="SpecException">The input has no such axis, or its size is unknown.</exception>
    public static Shape Of(Axes axes, Shape input)
    {
        var sizes = new Shape(axes.Of(input).Select(axis => input[axis]));
        return sizes.All(size => size is not null)
            ? sizes
            : throw new SpecException($"axis {axes} must be known. Received: {input}.", "axis");
    }
}
