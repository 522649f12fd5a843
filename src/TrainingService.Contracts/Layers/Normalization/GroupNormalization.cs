using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Normalizes every sample group by group of its channels (Wu and He, 2018).</summary>
/// <param name="Groups">Number of groups, which divides the channels; -1 makes every channel a group (instance normalization). Default: 32.</param>
/// <param name="Axis">The channel axis. Default: -1.</param>
public sealed record GroupNormalization([Range(-1, 1_048_576)] int Groups = 32, int Axis = -1) : CenteredNormalization
{
    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        var channels = Channels(input);
        return Groups == -1 || channels % Groups == 0
            ? input
            : throw new SpecException($"expected groups to divide the {channels} channels, or -1. Received: {Groups}.", "groups");
    }

    /// <inheritdoc />
    public override void CheckFields()
    {
        if (Groups == 0)
            throw new SpecException("expected a number of groups, or -1. Received: 0.", "groups");
    }

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input) => [.. Learned(new Shape(Channels(input)))];

    private long Channels(Shape input)
    {
        var axis = input.Axis(Axis);
        return axis == 0
            ? throw new SpecException($"expected an axis of {input} other than the batch axis. Received: {Axis}.", "axis")
            : input[axis] ?? throw new SpecException($"axis {Axis} must be known. Received: {input}.", "axis");
    }
}
