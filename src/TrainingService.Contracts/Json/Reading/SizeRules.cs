using System.Text.Json;
using TrainingService.Contracts.Layers;

namespace TrainingService.Contracts.Json.Reading;

/// <summary>Numbers per spatial axis: sizes, <c>3</c> or <c>[3, 3]</c>, and borders, <c>1</c>, <c>[1, 2]</c> or <c>[[1, 0], [2, 0]]</c>.</summary>
internal static class SizeRules
{
    /// <returns>The sizes, or null after a violation.</returns>
    public static Sizes? ReadSizes(JsonElement json, ValueRules rules, string pointer, ReadContext context)
    {
        if (json.ValueKind != JsonValueKind.Array)
            return Integer(json, rules, pointer, context) is { } size ? Sizes.Same(Math.Max(rules.SpatialAxes, 1), size) : null;
        if (rules.SpatialAxes > 0 && json.GetArrayLength() != rules.SpatialAxes)
        {
            context.Add(pointer, ViolationCodes.WrongType, $"expected a whole number or a list of {rules.SpatialAxes}. Received: {json.GetArrayLength()} entries.");
            return null;
        }
        var sizes = json.EnumerateArray().Select((entry, index) => Integer(entry, rules, Pointers.Child(pointer, index), context)).ToList();
        return sizes.TrueForAll(size => size is not null) ? new Sizes(sizes.Select(size => size!.Value)) : null;
    }

    /// <returns>The borders, or null after a violation.</returns>
    public static Borders? ReadBorders(JsonElement json, ValueRules rules, string pointer, ReadContext context)
    {
        if (json.ValueKind != JsonValueKind.Array)
            return Integer(json, rules, pointer, context) is { } size ? Borders.Same(rules.SpatialAxes, size) : null;
        if (rules.SpatialAxes == 1)
            return ReadBorder(json, rules, pointer, context) is { } only ? new Borders(only) : null;
        if (json.GetArrayLength() != rules.SpatialAxes)
        {
            context.Add(pointer, ViolationCodes.WrongType, $"expected a whole number or a list of {rules.SpatialAxes}. Received: {json.GetArrayLength()} entries.");
            return null;
        }
        var borders = json.EnumerateArray().Select((entry, index) => ReadBorder(entry, rules, Pointers.Child(pointer, index), context)).ToList();
        return borders.TrueForAll(border => border is not null) ? new Borders(borders.Select(border => border!.Value)) : null;
    }

    private static Border? ReadBorder(JsonElement json, ValueRules rules, string pointer, ReadContext context)
    {
        if (json.ValueKind != JsonValueKind.Array)
            return Integer(json, rules, pointer, context) is { } size ? new Border(size, size) : null;
        if (json.GetArrayLength() != 2)
        {
            context.Add(pointer, ViolationCodes.WrongType, $"expected a whole number or a pair (before, after). Received: {json.GetArrayLength()} entries.");
            return null;
        }
        var before = Integer(json[0], rules, Pointers.Child(pointer, 0), context);
        var after = Integer(json[1], rules, Pointers.Child(pointer, 1), context);
        return before is { } first && after is { } last ? new Border(first, last) : null;
    }

    private static int? Integer(JsonElement json, ValueRules rules, string pointer, ReadContext context) =>
        (int?)NumberRules.ReadInteger(json, int.MinValue, int.MaxValue, rules, pointer, context);
}
