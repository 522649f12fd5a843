using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary><c>y = (x - mean) / max(√variance, 1e-7)</c>, with mean and variance given or learned from data (<c>adapt</c>).</summary>
/// <param name="Axis">Axes that keep their own statistics; null shares one over everything. Default: the last.</param>
/// <param name="Mean">A number, or one per kept entry; null is learned. Default: null.</param>
/// <param name="Variance">As the mean; both or none.</param>
/// <param name="Invert">Whether to compute <c>y = x · max(√variance, 1e-7) + mean</c>. Default: false.</param>
public sealed record Normalization(KeptAxes Axis = default, NumberArray? Mean = null, NumberArray? Variance = null, bool Invert = false) : LayerSpec
{
    /// <summary>Whether mean and variance are learned from data.</summary>
    public bool Adapts => Mean is null;

    /// <inheritdoc />
    public override void CheckFields()
    {
        if ((Mean is null) != (Variance is null))
            throw new SpecException("expected both mean and variance, or neither. Received: one of them.", Mean is null ? "mean" : "variance");
        if (Mean is not { } mean || Variance is not { } variance)
            return;
        if (!mean.Dims.SequenceEqual(variance.Dims))
            throw new SpecException($"expected a variance of the mean's shape. Received: {variance}.", "variance");
        if (mean.Rank > Axis.Values.Count)
            throw new SpecException($"expected at most {Axis.Values.Count} axes, as many as axis names. Received: {mean}.", "mean");
    }

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        var kept = Kept(input);
        if (Mean is not { } mean)
            return input;
        for (var i = 1; i <= mean.Rank; i++)
        {
            if (mean.Dims[^i] != 1 && mean.Dims[^i] != input[kept[^i]])
                throw new SpecException($"expected {input[kept[^i]]} entries for axis {kept[^i]} of {input}. Received: {mean.Dims[^i]}.", "mean");
        }
        return input;
    }

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input)
    {
        if (!Adapts)
            return [];
        var shape = new Shape(Kept(input).Select(axis => input[axis]));
        return
        [
            new WeightSpec("mean", shape, new Zeros(), Trainable: false),
            new WeightSpec("variance", shape, new Ones(), Trainable: false),
            new WeightSpec("count", new Shape(), new Zeros(), Trainable: false),
        ];
    }

    /// <summary>The kept axes of an input, counted from the first, in order.</summary>
    /// <exception cref="SpecException">The input has no such axis, or not of a known size.</exception>
    public IReadOnlyList<int> Kept(Shape input)
    {
        if (Axis.Values.Any(axis => axis < -input.Rank || axis >= input.Rank))
            throw new SpecException($"expected axes of {input}. Received: {Axis}.", "axis");
        List<int> kept = [.. Axis.Values.Select(axis => axis < 0 ? axis + input.Rank : axis).Distinct().Order()];
        if (kept.Exists(axis => input[axis] is null))
            throw new SpecException($"expected a known size along the kept axes {Axis}. Received: {input}.", "axis");
        return kept;
    }
}
