using System.Buffers;
using System.Text.Json;

namespace TrainingService.Api.Jobs;

/// <summary>JSON Merge Patch, RFC 7396: objects are merged member by member, null removes a member, anything else replaces what was there.</summary>
internal static class MergePatch
{
    /// <summary>The target with the patch applied; what a reader would complain about (members given twice) stays as it was written.</summary>
    public static JsonElement Apply(JsonElement target, JsonElement patch)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
            Merge(writer, target, patch);
        using var merged = JsonDocument.Parse(buffer.WrittenMemory, new JsonDocumentOptions { MaxDepth = 256 });
        return merged.RootElement.Clone();
    }

    private static void Merge(Utf8JsonWriter writer, JsonElement? target, JsonElement patch)
    {
        if (patch.ValueKind != JsonValueKind.Object)
        {
            patch.WriteTo(writer);
            return;
        }
        var changes = patch.EnumerateObject().ToLookup(member => member.Name, StringComparer.Ordinal);
        var kept = new HashSet<string>(StringComparer.Ordinal);
        writer.WriteStartObject();
        if (target is { ValueKind: JsonValueKind.Object } members)
            foreach (var member in members.EnumerateObject())
            {
                kept.Add(member.Name);
                if (changes.Contains(member.Name))
                    Write(writer, member.Value, changes[member.Name]);
                else
                    member.WriteTo(writer);
            }
        foreach (var added in changes.Where(change => !kept.Contains(change.Key)))
            Write(writer, null, added);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement? target, IEnumerable<JsonProperty> changes)
    {
        foreach (var change in changes.Where(change => change.Value.ValueKind != JsonValueKind.Null))
        {
            writer.WritePropertyName(change.Name);
            Merge(writer, target, change.Value);
        }
    }
}
