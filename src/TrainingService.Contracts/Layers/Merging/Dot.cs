using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Product of two inputs, sample by sample, summed over one axis of each.</summary>
/// <param name="Axes">The axis of both inputs, or one for each; the batch axis is none of them.</param>
/// <param name="Normalize">Whether both are brought to norm 1 along their axis first, which gives the cosine. Default: false.</param>
/// <remarks>Inputs <c>(batch, …, n, …)</c> → output: the first's other axes, then the second's; <c>(batch, 1)</c> when none is left.</remarks>
public sealed record Dot(Axes Axes, bool Normalize = false) : Merge
{
    /// <inheritdoc />
    public override void CheckFields()
    {
        if (Axes.Count is not (1 or 2))
            throw new SpecException($"expected one axis or a pair. Received: {Axes}.", "axes");
    }

    /// <inheritdoc />
    public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs, CallSpec call)
    {
        CheckPair(inputs);
        var (first, second) = Along(inputs[0], inputs[1]);
        if (inputs[0][first] is { } size && inputs[1][second] is { } other && size != other)
            throw new SpecException($"expected axes of one size. Received: {size} and {other}, of {Text(inputs)}.", "axes");
        List<long?> left = [.. inputs[0].Where((_, axis) => axis != first), .. inputs[1].Where((_, axis) => axis != second && axis != 0)];
        left[0] = CommonBatch(inputs);
        return [new Shape(left.Count == 1 ? [.. left, 1] : left)];
    }

    /// <summary>The axis of each input, counted from its first.</summary>
    /// <exception cref="SpecException">An input has no such axis, or it is the batch's.</exception>
    public (int First, int Second) Along(Shape first, Shape second)
    {
        if (first.Rank < 2 || second.Rank < 2)
            throw new SpecException($"expected inputs of at least 2 axes. Received: {first} and {second}.");
        var pair = (first.Axis(Axes[0], "axes"), second.Axis(Axes[^1], "axes"));
        return pair is { Item1: > 0, Item2: > 0 } ? pair : throw new SpecException($"expected axes other than the batch axis. Received: {Axes}.", "axes");
    }
}
