using TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>How TextVectorization takes texts apart. Like TensorFlow it knows the case, punctuation and white space of ASCII only.</summary>
internal static class TextRules
{
    private static readonly char[] WhiteSpace = [' ', '\t', '\n', '\v', '\f', '\r'];

    /// <summary>Lower case, and without punctuation, as far as asked for.</summary>
    public static string Standardize(string text, TextStandardization? how)
    {
        var lowered = how is TextStandardization.Lower or TextStandardization.LowerAndStripPunctuation
            ? string.Create(text.Length, text, static (to, from) => LowerAscii(from, to))
            : text;
        return how is TextStandardization.StripPunctuation or TextStandardization.LowerAndStripPunctuation
            ? string.Concat(lowered.Where(letter => !IsPunctuation(letter)))
            : lowered;
    }

    /// <summary>Words, or Unicode characters.</summary>
    public static IReadOnlyList<string> Split(string text, TextSplit how) => how == TextSplit.Whitespace
        ? text.Split(WhiteSpace, StringSplitOptions.RemoveEmptyEntries)
        : [.. text.EnumerateRunes().Select(rune => rune.ToString())];

    /// <summary>All runs of tokens of each length, joined by a space: first those of the first length.</summary>
    public static IReadOnlyList<string> Runs(IReadOnlyList<string> tokens, IReadOnlyList<int> lengths) =>
    [
        .. lengths.SelectMany(length =>
            Enumerable.Range(0, Math.Max(0, tokens.Count - length + 1)).Select(start => string.Join(' ', tokens.Skip(start).Take(length)))),
    ];

    private static void LowerAscii(string from, Span<char> to)
    {
        for (var index = 0; index < from.Length; index++)
            to[index] = char.IsAsciiLetterUpper(from[index]) ? (char)(from[index] | 0x20) : from[index];
    }

    private static bool IsPunctuation(char letter) => char.IsAscii(letter) && (char.IsPunctuation(letter) || char.IsSymbol(letter));
}
