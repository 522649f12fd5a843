using System.Text.Json;
using System.Text.Json.Nodes;

namespace TrainingService.Dashboard.Jobs;

/// <summary>What was changed in a document, as a JSON merge patch (RFC 7396).</summary>
internal static class MergePatch
{
    /// <summary>The patch that makes the second document of the first. A member that became null is taken out, as the format has no other word for it.</summary>
    public static JsonElement Between(JsonElement before, JsonElement after) => JsonSerializer.SerializeToElement(Changes(before, after));

    private static JsonNode? Changes(JsonElement before, JsonElement after)
    {
        if (before.ValueKind != JsonValueKind.Object || after.ValueKind != JsonValueKind.Object)
            return Node(after);
        var changes = new JsonObject();
        foreach (var member in before.EnumerateObject().Where(member => !after.TryGetProperty(member.Name, out _)))
            changes[member.Name] = null;
        foreach (var member in after.EnumerateObject())
        {
            if (!before.TryGetProperty(member.Name, out var old))
                changes[member.Name] = Node(member.Value);
            else if (!JsonElement.DeepEquals(old, member.Value))
                changes[member.Name] = Changes(old, member.Value);
        }
        return changes;
    }

    private static JsonNode? Node(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : JsonSerializer.SerializeToNode(value);
}
