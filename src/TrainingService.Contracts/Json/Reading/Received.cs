using System.Text.Json;

namespace TrainingService.Contracts.Json.Reading;

/// <summary>How messages quote what came.</summary>
internal static class Received
{
    private const int Longest = 80;

    /// <summary>The JSON itself, shortened.</summary>
    public static string Text(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.Undefined => "nothing",
        _ => Short(json.GetRawText()),
    };

    /// <summary>Words of a list, as <c>"a", "b"</c>.</summary>
    public static string Words(IEnumerable<string> words) => string.Join(", ", words.Select(word => $"\"{word}\""));

    private static string Short(string text) => text.Length <= Longest ? text : string.Concat(text.AsSpan(0, Longest), "…");
}
