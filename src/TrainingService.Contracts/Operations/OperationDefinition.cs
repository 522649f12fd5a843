using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Operations;

/// <summary>What is known of an operation without torch.</summary>
/// <param name="Parameters">Names of its parameters: first those of the call, then those that its config may hold.</param>
/// <param name="Shapes">The shape rule.</param>
internal sealed record OperationDefinition(IReadOnlyList<string> Parameters, Func<OperationCall, IReadOnlyList<Shape>> Shapes);

/// <summary>Axes by number, the last one also -1.</summary>
internal static class AxisNumbers
{
    /// <exception cref="SpecException">There is no such axis.</exception>
    public static int Of(long axis, int rank, string name = "axis") =>
        axis >= -rank && axis < rank ? (int)(axis < 0 ? axis + rank : axis) : throw new SpecException($"expected {name} to be one of {rank} axes. Received: {axis}.", name);
}
