using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Normalizes each channel by the batch's mean and variance while training, by their moving averages otherwise (Ioffe and Szegedy, 2015).</summary>
/// <param name="Axis">The channel axis. Default: -1.</param>
/// <param name="Momentum">Share of the moving average that is kept at each step. Default: 0.99.</param>
/// <param name="Epsilon">Added to the variance. Default: 0.001.</param>
/// <param name="Center">Whether to learn an offset, beta. Default: true.</param>
/// <param name="Scale">Whether to learn a factor, gamma. Default: true.</param>
/// <param name="BetaInitializer">Default: zeros.</param>
/// <param name="GammaInitializer">Default: ones.</param>
/// <param name="MovingMeanInitializer">Default: zeros.</param>
/// <param name="MovingVarianceInitializer">Default: ones.</param>
/// <param name="BetaRegularizer">Only null.</param>
/// <param name="GammaRegularizer">Only null.</param>
/// <param name="BetaConstraint">Only null.</param>
/// <param name="GammaConstraint">Only null.</param>
/// <param name="Synchronized">Only false.</param>
/// <param name="Renorm">Only false.</param>
/// <remarks>The moving variance takes the biased variance of the batch, as Keras does.</remarks>
[Ignores("renorm_clipping", "renorm_momentum")]
public sealed record BatchNormalization(
    int Axis = -1,
    [Range(0.0, 1.0)] double Momentum = 0.99,
    [Range(0.0, 1.0)] double Epsilon = 1e-3,
    bool Center = true,
    bool Scale = true,
    InitializerSpec? BetaInitializer = null,
    InitializerSpec? GammaInitializer = null,
    InitializerSpec? MovingMeanInitializer = null,
    InitializerSpec? MovingVarianceInitializer = null,
    [DefaultOnly] object? BetaRegularizer = null,
    [DefaultOnly] object? GammaRegularizer = null,
    [DefaultOnly] object? BetaConstraint = null,
    [DefaultOnly] object? GammaConstraint = null,
    [DefaultOnly] bool Synchronized = false,
    [DefaultOnly] bool Renorm = false) : LayerSpec
{
    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with
    {
        BetaInitializer = BetaInitializer ?? new Zeros(),
        GammaInitializer = GammaInitializer ?? new Ones(),
        MovingMeanInitializer = MovingMeanInitializer ?? new Zeros(),
        MovingVarianceInitializer = MovingVarianceInitializer ?? new Ones(),
    };

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        if (Axis == 0 || Axis < -input.Rank || Axis >= input.Rank)
            throw new SpecException($"expected an axis of {input} other than the batch axis. Received: {Axis}.", "axis");
        return input[Axis] is null ? throw new SpecException($"axis {Axis} must be known. Received: {input}.", "axis") : input;
    }

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input)
    {
        var channels = new Shape(input[Axis]);
        List<WeightSpec> weights = [];
        if (Scale)
            weights.Add(new("gamma", channels, GammaInitializer ?? new Ones()));
        if (Center)
            weights.Add(new("beta", channels, BetaInitializer ?? new Zeros()));
        weights.Add(new("moving_mean", channels, MovingMeanInitializer ?? new Zeros(), Trainable: false));
        weights.Add(new("moving_variance", channels, MovingVarianceInitializer ?? new Ones(), Trainable: false));
        return weights;
    }
}
