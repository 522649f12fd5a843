using System.Text.Json;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace TrainingService.Domain.Storage;

/// <summary>Enums as the words of the wire (<c>early_stopping</c>), in columns and in events alike.</summary>
public static class EnumText
{
    public static string ToText<T>(this T value) where T : struct, Enum => Words<T>.ByValue[value];

    public static T Parse<T>(string text) where T : struct, Enum =>
        Words<T>.ByText.TryGetValue(text, out var value)
            ? value
            : throw new FormatException($"{typeof(T).Name}: expected one of {string.Join(", ", Words<T>.ByText.Keys)}. Received: {text}");

    /// <summary>For <c>HasConversion</c>.</summary>
    internal sealed class Converter<T>() : ValueConverter<T, string>(value => value.ToText(), text => Parse<T>(text)) where T : struct, Enum;

    private static class Words<T> where T : struct, Enum
    {
        public static readonly Dictionary<T, string> ByValue =
            Enum.GetValues<T>().ToDictionary(value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));

        public static readonly Dictionary<string, T> ByText = ByValue.ToDictionary(pair => pair.Value, pair => pair.Key);
    }
}
