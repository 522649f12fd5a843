using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Regularizers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary><c>x</c> above the threshold, at most <c>max_value</c>; <c>negative_slope · (x - threshold)</c> below.</summary>
/// <param name="MaxValue">Largest output, 0 or more. Default: none.</param>
/// <param name="NegativeSlope">Slope below the threshold, 0 or more. Default: 0.</param>
/// <param name="Threshold">0 or more. Default: 0.</param>
public sealed record ReLU(
    [Range(0.0, 1e30)] double? MaxValue = null,
    [Range(0.0, 1e30)] double NegativeSlope = 0.0,
    [Range(0.0, 1e30)] double Threshold = 0.0) : ElementwiseLayer;

/// <summary><c>x</c> above 0, <c>negative_slope · x</c> below.</summary>
/// <param name="NegativeSlope">0 or more. Default: 0.3, unlike the function's 0.2.</param>
public sealed record LeakyReLU([AlsoNamed("alpha")][Range(0.0, 1e30)] double NegativeSlope = 0.3) : ElementwiseLayer;

/// <summary><c>x</c> above 0, <c>alpha · (exp(x) - 1)</c> below.</summary>
/// <param name="Alpha">Default: 1.</param>
public sealed record ELU(double Alpha = 1.0) : ElementwiseLayer;

/// <summary><c>x</c> above 0, <c>alpha · x</c> below, with learned slopes (He et al., 2015).</summary>
public sealed record PReLU : ElementwiseLayer
{
    /// <summary>Default: zeros.</summary>
    public InitializerSpec AlphaInitializer { get; init; } = new Zeros();

    /// <summary>Penalty on the slopes. Default: none.</summary>
    public RegularizerSpec? AlphaRegularizer { get; init; }

    /// <summary>Where the slopes may be. Default: anywhere.</summary>
    public ConstraintSpec? AlphaConstraint { get; init; }

    /// <summary>Axes, counted from 1 after the batch axis, that share one slope. Default: none; every value has its own.</summary>
    public Axes? SharedAxes { get; init; }

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        Weights(input);
        return input;
    }

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input)
    {
        if (input.Rank < 1)
            throw new SpecException("expected at least the batch axis. Received: a scalar.");
        var shared = SharedAxes?.Of(input, "shared_axes") ?? [];
        if (shared.Contains(0))
            throw new SpecException($"expected axes other than the batch axis. Received: {SharedAxes}.", "shared_axes");
        var alpha = new Shape(Enumerable.Range(1, input.Rank - 1).Select(axis => shared.Contains(axis) ? 1 : input[axis]));
        return alpha.All(size => size is not null)
            ? [new WeightSpec("alpha", alpha, AlphaInitializer, Regularizer: AlphaRegularizer, Constraint: AlphaConstraint)]
            : throw new SpecException($"expected known sizes of the axes that do not share a slope. Received: {input}.", "shared_axes");
    }
}

/// <summary><c>exp(x) / Σ exp(x)</c> over one axis or several; what the argument <c>mask</c> leaves out gets 0.</summary>
public sealed record Softmax : LayerSpec
{
    /// <summary>The axes that sum to 1 together. Default: -1.</summary>
    public Axes Axis { get; init; } = [-1];

    /// <inheritdoc />
    public override IReadOnlyList<string> CallParameters => LayerCalls.WithMask;

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        Axis.Of(input);
        return input;
    }
}
