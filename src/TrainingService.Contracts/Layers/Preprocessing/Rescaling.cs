using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary><c>y = x · scale + offset</c>, in the layer's dtype.</summary>
/// <param name="Scale">Factor, such as 1/255, or one per entry of the last axis.</param>
/// <param name="Offset">Added afterwards: a number, or one per entry of the last axis. Default: 0.</param>
public sealed record Rescaling(NumberArray Scale, NumberArray? Offset = null) : LayerSpec
{
    private static readonly NumberArray Zero = new(0.0);

    /// <summary>What is added, the default filled in.</summary>
    public NumberArray Shift => Offset ?? Zero;

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { Offset = Shift };

    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => Broadcasts.Shape(Broadcasts.Shape(input, Scale, "scale"), Shift, "offset");
}

/// <summary>Shapes of NumPy's broadcasting.</summary>
internal static class Broadcasts
{
    /// <summary>The shape of an operation on a tensor and an array.</summary>
    /// <exception cref="SpecException">Their sizes do not fit.</exception>
    public static Shape Shape(Shape tensor, NumberArray array, string field)
    {
        if (array.Rank > tensor.Rank)
            throw new SpecException($"expected at most {tensor.Rank} axes, as {tensor} has. Received: {array}.", field);
        var result = tensor;
        for (var axis = 1; axis <= array.Rank; axis++)
        {
            var size = array.Dims[^axis];
            if (size != 1 && tensor[-axis] is { } other && other != size && other != 1)
                throw new SpecException($"expected an array that fits {tensor}. Received: {array}.", field);
            if (size != 1)
                result = result.With(-axis, size);
        }
        return result;
    }
}
