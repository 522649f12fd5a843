using System.Text.Json;

namespace TrainingService.Contracts.Json.Reading;

/// <summary>Rules about any JSON document of ours, whatever it says: nesting, names that appear once, texts that can be stored.</summary>
internal static class DocumentRules
{
    /// <summary>Objects and lists inside each other; the deepest Keras model has about fifteen.</summary>
    public const int MaxDepth = 64;

    /// <returns>False when the document cannot be read any further.</returns>
    public static bool Check(JsonElement json, string pointer, ReadContext context, int depth = 0)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object when depth == MaxDepth:
            case JsonValueKind.Array when depth == MaxDepth:
                context.Add(pointer, ViolationCodes.TooDeep, $"expected at most {MaxDepth} objects and lists inside each other.");
                return false;
            case JsonValueKind.Object:
                return CheckObject(json, pointer, context, depth);
            case JsonValueKind.Array:
                var readable = true;
                var index = 0;
                foreach (var item in json.EnumerateArray())
                    readable &= Check(item, Pointers.Child(pointer, index++), context, depth + 1);
                return readable;
            case JsonValueKind.String:
                return CheckText(json.GetString, pointer, context) is not null;
            default:
                return true;
        }
    }

    private static bool CheckObject(JsonElement json, string pointer, ReadContext context, int depth)
    {
        var readable = true;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in json.EnumerateObject())
        {
            if (CheckText(() => property.Name, pointer, context) is not { } name)
            {
                readable = false;
                continue;
            }
            var child = Pointers.Child(pointer, name);
            if (!names.Add(name))
                context.Add(child, ViolationCodes.DuplicateField, $"expected \"{name}\" once. Received: it again.");
            readable &= Check(property.Value, child, context, depth + 1);
        }
        return readable;
    }

    /// <returns>The text, or null when it is no Unicode text.</returns>
    private static string? CheckText(Func<string?> read, string pointer, ReadContext context)
    {
        string? text;
        try
        {
            text = read();
        }
        catch (InvalidOperationException)
        {
            // What System.Text.Json throws for half a surrogate pair ("\ud800").
            context.Add(pointer, ViolationCodes.InvalidText, "expected Unicode text. Received: half a surrogate pair.");
            return null;
        }
        if (text is not null && text.Contains('\0'))
            context.Add(pointer, ViolationCodes.InvalidText, "expected text without NUL characters.");
        return text;
    }
}
