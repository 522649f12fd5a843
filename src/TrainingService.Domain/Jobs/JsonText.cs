using System.Text.Json;
using System.Text.RegularExpressions;
using TrainingService.Contracts.Json;

namespace TrainingService.Domain.Jobs;

/// <summary>JSON as <c>jsonb</c> takes it: without NUL characters and half surrogates, which PostgreSQL refuses.</summary>
internal static partial class JsonText
{
    public static string Of<T>(T value) => Clean(JsonSerializer.Serialize(value, ContractsJson.Options));

    public static string Of(JsonElement value) => Clean(value.GetRawText());

    public static JsonElement Element<T>(T value) => JsonSerializer.SerializeToElement(value, ContractsJson.Options);

    /// <summary>Refused characters become U+FFFD.</summary>
    private static string Clean(string json) =>
        json.Contains("\\u", StringComparison.Ordinal) ? Escapes().Replace(json, Replacement) : json;

    private static string Replacement(Match escape) =>
        escape.Groups["unit"] is { Success: true, ValueSpan: var unit } && IsRefused(Convert.ToUInt16(unit.ToString(), 16)) ? "\\ufffd" : escape.Value;

    private static bool IsRefused(ushort unit) => unit == 0 || char.IsSurrogate((char)unit);

    // A pair of surrogates as a whole, a single unit, or any other escape (so that \\u0000, a backslash and letters, stays).
    [GeneratedRegex(@"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u(?<unit>[0-9a-fA-F]{4})|.)", RegexOptions.ExplicitCapture)]
    private static partial Regex Escapes();
}
