using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>The inputs one after the other along an axis.</summary>
/// <param name="Axis">Which axis. Default: -1.</param>
/// <remarks>Inputs equal in every other axis → output with the sum of their sizes along the axis.</remarks>
public sealed record Concatenate(int Axis = -1) : Merge
{
    /// <inheritdoc />
    public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs, CallSpec call)
    {
        CheckCount(inputs);
        var axis = inputs[0].Axis(Axis);
        var output = inputs[0];
        foreach (var input in inputs.Skip(1))
        {
            var size = input.Rank == output.Rank ? output[axis] + input[axis] : null;
            if (input.Rank != output.Rank || !output.With(axis, null).IsCompatibleWith(input.With(axis, null)))
                throw new SpecException($"expected inputs that differ in no axis but {Axis}. Received: {Text(inputs)}.", "axis");
            output = new Shape(output.Zip(input, (one, other) => one ?? other)).With(axis, size);
        }
        return [output];
    }
}
