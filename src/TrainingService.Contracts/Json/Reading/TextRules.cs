using System.Text.Json;
using System.Text.RegularExpressions;

namespace TrainingService.Contracts.Json.Reading;

/// <summary>Texts and words.</summary>
internal static class TextRules
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    /// <returns>The text, or null after a violation.</returns>
    public static string? ReadText(JsonElement json, ValueRules rules, string pointer, ReadContext context)
    {
        if (json.ValueKind != JsonValueKind.String)
        {
            context.Add(pointer, ViolationCodes.WrongType, $"expected a text. Received: {Received.Text(json)}.");
            return null;
        }
        var text = json.GetString()!;
        if (rules.Length is { } length && (text.Length < length.MinimumLength || text.Length > length.MaximumLength))
            return Refuse(ViolationCodes.InvalidLength, $"expected {LengthText(length.MinimumLength, length.MaximumLength)}. Received: {text.Length}.");
        if (rules.Form is { } form && !Regex.IsMatch(text, $@"\A(?:{form.Pattern})\z", RegexOptions.CultureInvariant, MatchTimeout))
            return Refuse(ViolationCodes.InvalidFormat, $"expected {form.ErrorMessage ?? $"a text of the form {form.Pattern}"}. Received: {Received.Text(json)}.");
        return text;

        string? Refuse(string code, string message)
        {
            context.Add(pointer, code, message);
            return null;
        }
    }

    /// <summary>Checks one text of a list or table.</summary>
    public static void CheckLength(string text, int minimum, int maximum, string pointer, ReadContext context)
    {
        if (text.Length < minimum || text.Length > maximum)
            context.Add(pointer, ViolationCodes.InvalidLength, $"expected {LengthText(minimum, maximum)}. Received: {text.Length}.");
    }

    /// <returns>The enum's value, or null after a violation.</returns>
    public static object? ReadWord(JsonElement json, Type type, string pointer, ReadContext context)
    {
        var words = EnumWords.Of(type);
        if (json.ValueKind != JsonValueKind.String)
        {
            context.Add(pointer, ViolationCodes.WrongType, $"expected one of {Received.Words(words.Words)}. Received: {Received.Text(json)}.");
            return null;
        }
        var word = json.GetString()!;
        if (words.Find(word) is { } value)
            return value;
        context.Add(
            pointer, ViolationCodes.UnknownValue, $"expected one of {Received.Words(words.Words)}. Received: {Received.Text(json)}.",
            context.IsFull ? null : NearMiss.Hint(word, words.Words));
        return null;
    }

    private static string LengthText(int minimum, int maximum) =>
        minimum == maximum ? $"{minimum} character{(minimum == 1 ? "" : "s")}" : $"{minimum} to {maximum} characters";
}
