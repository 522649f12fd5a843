using System.Text.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Json.Reading;

/// <summary>Shapes, <c>[null, 28, 28, 1]</c>.</summary>
internal static class ShapeRules
{
    /// <summary>Axes of the largest tensor.</summary>
    private const int MaxRank = 16;

    private static readonly ValueRules AxisRules = ValueRules.None with { Range = (1, int.MaxValue) };

    /// <returns>The shape, or null after a violation.</returns>
    public static Shape? ReadShape(JsonElement json, ValueRules rules, string pointer, ReadContext context)
    {
        if (rules.OrSingle && json.ValueKind == JsonValueKind.Number)
            return NumberRules.ReadInteger(json, 1, int.MaxValue, AxisRules, pointer, context) is { } only ? new Shape(only) : null;
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() > MaxRank || json.GetArrayLength() < rules.MinCount)
        {
            var received = json.ValueKind == JsonValueKind.Array ? $"{json.GetArrayLength()} axes" : Received.Text(json);
            context.Add(pointer, ViolationCodes.WrongType, $"expected a shape of {rules.MinCount} to {MaxRank} axes, such as [null, 28, 28, 1]. Received: {received}.");
            return null;
        }
        var before = context.Count;
        List<long?> sizes = [];
        foreach (var size in json.EnumerateArray())
        {
            sizes.Add(size.ValueKind == JsonValueKind.Null
                ? null
                : NumberRules.ReadInteger(size, 1, int.MaxValue, AxisRules, Pointers.Child(pointer, sizes.Count), context));
        }
        return context.Count == before ? new Shape(sizes) : null;
    }
}
