using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>
/// Normalizes each channel by the batch's mean and variance while training, by their moving averages otherwise (Ioffe and Szegedy, 2015).
/// What a mask leaves out does not count in the batch's figures.
/// </summary>
/// <param name="Momentum">Share of the moving average that is kept at each step, 0 to 1. Default: 0.99.</param>
/// <remarks>The moving variance takes the biased variance of the batch, as Keras does. A frozen layer runs as in inference.</remarks>
public sealed record BatchNormalization([Range(0.0, 1.0)] double Momentum = 0.99) : CenteredNormalization
{
    /// <summary>The channel axis; Keras 2 wrote it as a list of one. Default: -1.</summary>
    public Axes Axis { get; init; } = [-1];

    /// <summary>Default: zeros.</summary>
    public InitializerSpec MovingMeanInitializer { get; init; } = new Zeros();

    /// <summary>Default: ones.</summary>
    public InitializerSpec MovingVarianceInitializer { get; init; } = new Ones();

    /// <summary>Batch renormalization: while training, the moving averages correct the batch's figures (Ioffe, 2017). Default: false.</summary>
    public bool Renorm { get; init; }

    /// <summary>Limits of the corrections. Default: none.</summary>
    public RenormClipping? RenormClipping { get; init; }

    /// <summary>Share of renormalization's own moving averages that is kept at each step, 0 to 1. Default: 0.99.</summary>
    [Range(0.0, 1.0)]
    public double RenormMomentum { get; init; } = 0.99;

    /// <summary>Whether several replicas take their figures over all of their rows together; with one replica there is no difference. Default: false.</summary>
    public bool Synchronized { get; init; }

    /// <inheritdoc />
    public override IReadOnlyList<string> CallParameters => LayerCalls.WithTrainingAndMask;

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        Channels(input);
        return input;
    }

    /// <inheritdoc />
    public override void CheckFields()
    {
        if (Axis.Count != 1)
            throw new SpecException($"expected one axis. Received: {Axis}.", "axis");
        if (RenormClipping is { Rmax: { } most, Rmin: { } least } && most < least)
            throw new SpecException($"expected rmax to be at least rmin, {least}. Received: {most}.", "renorm_clipping");
    }

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input)
    {
        var channels = new Shape(Channels(input));
        List<WeightSpec> weights = [.. Learned(channels), Moving("moving_mean", MovingMeanInitializer), Moving("moving_variance", MovingVarianceInitializer)];
        if (Renorm)
        {
            // The module takes the root of the two deviations.
            weights.AddRange([Moving("moving_stddev", MovingVarianceInitializer), Moving("renorm_mean", MovingMeanInitializer), Moving("renorm_stddev", MovingVarianceInitializer)]);
        }
        return weights;

        WeightSpec Moving(string name, InitializerSpec initializer) => new(name, channels, initializer, Trainable: false);
    }

    private long Channels(Shape input)
    {
        var axis = input.Axis(Axis[0]);
        return axis == 0
            ? throw new SpecException($"expected an axis of {input} other than the batch axis. Received: {Axis}.", "axis")
            : input[axis] ?? throw new SpecException($"axis {Axis} must be known. Received: {input}.", "axis");
    }
}

/// <summary>Limits of batch renormalization's corrections <c>r</c> (factor) and <c>d</c> (offset).</summary>
/// <param name="Rmax">Largest r. Default: no limit.</param>
/// <param name="Rmin">Smallest r. Default: no limit.</param>
/// <param name="Dmax">Largest magnitude of d, 0 or more. Default: no limit.</param>
public sealed record RenormClipping(double? Rmax = null, double? Rmin = null, [Range(0.0, 1e30)] double? Dmax = null);
