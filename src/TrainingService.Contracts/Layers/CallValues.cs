using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Plain arguments of calls.</summary>
public static class CallValues
{
    /// <summary>True or false; a number is true unless it is 0, as in Python. The fallback stands for an argument that is not given.</summary>
    /// <exception cref="SpecException">It is something else.</exception>
    public static bool Flag(CallValue? value, string name, bool fallback) => value switch
    {
        null => fallback,
        CallConstant { Value: null } => fallback,
        CallConstant { Value: bool flag } => flag,
        CallConstant { Value: long number } => number != 0,
        CallConstant { Value: double number } => number != 0,
        _ => throw new SpecException($"expected true or false as the argument {name}."),
    };

    /// <summary>A number; null for an argument that is not given.</summary>
    /// <exception cref="SpecException">It is something else.</exception>
    public static double? Number(CallValue? value, string name) => value switch
    {
        null => null,
        CallConstant { Value: null } => null,
        CallConstant { Value: bool flag } => flag ? 1 : 0,
        CallConstant { Value: long number } => number,
        CallConstant { Value: double number } => number,
        _ => throw new SpecException($"expected a number as the argument {name}."),
    };

    /// <summary>Whole numbers, one or a list of them; null for an argument that is not given.</summary>
    /// <exception cref="SpecException">It is something else.</exception>
    public static IReadOnlyList<long>? Ints(CallValue? value, string name) => value switch
    {
        null => null,
        CallConstant { Value: null } => null,
        CallConstant { Value: long number } => [number],
        CallArray { Shape.Rank: <= 1 } array => [.. array.Values.Select(number => (long)number)],
        CallList list => [.. list.Items.Select(item => item is CallConstant { Value: long number } ? number : throw new SpecException($"expected whole numbers as {name}.", name))],
        _ => throw new SpecException($"expected whole numbers as {name}.", name),
    };
}
