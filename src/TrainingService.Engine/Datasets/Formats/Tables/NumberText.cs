using System.Globalization;

namespace TrainingService.Engine.Datasets.Formats.Tables;

/// <summary>Reads numbers from text. Common ones are read digit by digit: 15 digits and a power of ten below 10²² are exact in a double, and so is one division of the two (Clinger 1990).</summary>
internal static class NumberText
{
    private const int ExactDigits = 15;

    private static readonly double[] Powers = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <summary>Reads a number with or without fraction and exponent, <c>NaN</c> or <c>inf</c>.</summary>
    public static bool TryDouble(ReadOnlySpan<char> text, out double value)
    {
        var at = text is ['-', ..] ? 1 : 0;
        var begin = at;
        ulong digits = 0;
        for (; at < text.Length && (uint)(text[at] - '0') < 10; at++)
            digits = digits * 10 + (uint)(text[at] - '0');
        var (count, fraction) = (at - begin, 0);
        if (at < text.Length && text[at] == '.')
        {
            begin = ++at;
            for (; at < text.Length && (uint)(text[at] - '0') < 10; at++)
                digits = digits * 10 + (uint)(text[at] - '0');
            fraction = at - begin;
            count += fraction;
        }
        if (at == text.Length && count is > 0 and <= ExactDigits)
        {
            value = digits / Powers[fraction];
            value = text[0] == '-' ? -value : value;
            return true;
        }
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) || IsInfinity(text, out value);
    }

    /// <summary>Reads a whole number.</summary>
    public static bool TryLong(ReadOnlySpan<char> text, out long value)
    {
        var at = text is ['-', ..] ? 1 : 0;
        if (text.Length - at is > 0 and < 18)
        {
            value = 0;
            for (; at < text.Length; at++)
            {
                var digit = (uint)(text[at] - '0');
                if (digit > 9)
                    return long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out value);
                value = value * 10 + digit;
            }
            value = text[0] == '-' ? -value : value;
            return true;
        }
        return long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>As Python and C write it.</summary>
    private static bool IsInfinity(ReadOnlySpan<char> text, out double value)
    {
        value = text is ['-', ..] ? double.NegativeInfinity : double.PositiveInfinity;
        return text.TrimStart("+-").Equals("inf", StringComparison.OrdinalIgnoreCase);
    }
}
