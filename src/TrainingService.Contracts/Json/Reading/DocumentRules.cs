using System.Text.Json;

namespace TrainingService.Contracts.Json.Reading;

/// <summary>Rules about any JSON document of ours, whatever it says: nesting, names that appear once, texts that can be stored.</summary>
internal static class DocumentRules
{
    /// <summary>Objects and lists inside each other; the deepest Keras model has about fifteen.</summary>
    public const int MaxDepth = 64;

    /// <summary>Characters in a field's name; the longest of Keras has about thirty.</summary>
    public const int LongestName = 500;

    /// <returns>False when the document cannot be read any further.</returns>
    public static bool Check(JsonElement json, ReadContext context) => Check(json, Place.Root, context, depth: 0);

    private static bool Check(JsonElement json, Place place, ReadContext context, int depth)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object when depth == MaxDepth:
            case JsonValueKind.Array when depth == MaxDepth:
                context.Add(place.Pointer, ViolationCodes.TooDeep, $"expected at most {MaxDepth} objects and lists inside each other.");
                return false;
            case JsonValueKind.Object:
                return CheckObject(json, place, context, depth);
            case JsonValueKind.Array:
                var readable = true;
                var index = 0;
                foreach (var item in json.EnumerateArray())
                    readable &= Check(item, new Place(place, (index++).ToString()), context, depth + 1);
                return readable;
            case JsonValueKind.String:
                return CheckText(json.GetString, place, context) is not null;
            default:
                return true;
        }
    }

    private static bool CheckObject(JsonElement json, Place place, ReadContext context, int depth)
    {
        var readable = true;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in json.EnumerateObject())
        {
            if (CheckText(() => property.Name, place, context) is not { } name || !CheckLength(name, place, context))
            {
                readable = false;
                continue;
            }
            var child = new Place(place, name);
            if (!names.Add(name))
                context.Add(context.IsFull ? "" : child.Pointer, ViolationCodes.DuplicateField, $"expected \"{name}\" once. Received: it again.");
            readable &= Check(property.Value, child, context, depth + 1);
        }
        return readable;
    }

    private static bool CheckLength(string name, Place place, ReadContext context)
    {
        if (name.Length <= LongestName)
            return true;
        context.Add(place.Pointer, ViolationCodes.InvalidLength, $"expected names of fields of at most {LongestName} characters. Received: one of {name.Length}.");
        return false;
    }

    /// <returns>The text, or null when it is no Unicode text.</returns>
    private static string? CheckText(Func<string?> read, Place place, ReadContext context)
    {
        string? text;
        try
        {
            text = read();
        }
        catch (InvalidOperationException)
        {
            // What System.Text.Json throws for half a surrogate pair ("\ud800").
            context.Add(place.Pointer, ViolationCodes.InvalidText, "expected Unicode text. Received: half a surrogate pair.");
            return null;
        }
        if (text is not null && text.Contains('\0'))
            context.Add(place.Pointer, ViolationCodes.InvalidText, "expected text without NUL characters.");
        return text;
    }

    /// <summary>A place in the document. Its pointer is put together only where a rule is broken: there are as many places as values.</summary>
    private sealed class Place(Place? parent, string name)
    {
        public static Place Root { get; } = new(null, "");

        public string Pointer => parent is null ? "" : Pointers.Child(parent.Pointer, name);
    }
}
