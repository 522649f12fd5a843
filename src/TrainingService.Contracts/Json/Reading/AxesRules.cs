using System.Text.Json;
using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Json.Reading;

/// <summary>Axes: <c>0</c>, <c>[0, 1, 2]</c>; for a norm null stands for all.</summary>
internal static class AxesRules
{
    /// <summary>Axes of the largest tensor.</summary>
    private const int MaxRank = 16;

    private static readonly ValueRules AxisRules = ValueRules.None with { Range = (-MaxRank, MaxRank - 1) };

    /// <returns>The axes, or null after a violation.</returns>
    public static object? Read(JsonElement json, string pointer, ReadContext context)
    {
        if (json.ValueKind == JsonValueKind.Null)
            return new NormAxes([]);
        return ReadAxes(json, pointer, context) is { } axes ? new NormAxes(axes) : null;
    }

    /// <returns>The axes, or null after a violation.</returns>
    public static Axes? ReadAxes(JsonElement json, string pointer, ReadContext context)
    {
        if (json.ValueKind == JsonValueKind.Number)
            return Axis(json, pointer, context) is { } only ? new Axes(only) : null;
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() is 0 or > MaxRank)
        {
            context.Add(pointer, ViolationCodes.WrongType, $"expected an axis, or a list of 1 to {MaxRank}. Received: {Received.Text(json)}.");
            return null;
        }
        var axes = json.EnumerateArray().Select((axis, index) => Axis(axis, Pointers.Child(pointer, index), context)).ToList();
        return axes.TrueForAll(axis => axis is not null) ? new Axes(axes.Select(axis => axis!.Value)) : null;
    }

    private static int? Axis(JsonElement json, string pointer, ReadContext context) =>
        (int?)NumberRules.ReadInteger(json, int.MinValue, int.MaxValue, AxisRules, pointer, context);
}
