using System.Globalization;

namespace TrainingService.Engine.Datasets.Formats.Tables;

/// <summary>What a text in a table looks like.</summary>
internal enum ValueKind
{
    /// <summary><c>true</c> or <c>false</c>.</summary>
    Bool,

    /// <summary>A whole number of 64 bits.</summary>
    Int,

    /// <summary>A number that float32 holds well enough.</summary>
    Float,

    /// <summary>A number that needs float64: whole, and beyond float32's.</summary>
    Double,

    /// <summary>A date, or a date and a time, by ISO 8601.</summary>
    Time,

    /// <summary>Anything else.</summary>
    Text,
}

/// <summary>Tells what a text looks like.</summary>
internal static class ValueKinds
{
    private const long ExactInFloat = 1L << 24;

    public static ValueKind Of(ReadOnlySpan<char> text)
    {
        if (NumberText.TryLong(text, out _))
            return ValueKind.Int;
        if (NumberText.TryDouble(text, out var value))
            return NeedsDouble(value) ? ValueKind.Double : ValueKind.Float;
        return TryBool(text, out _) ? ValueKind.Bool : TryTime(text, out _) ? ValueKind.Time : ValueKind.Text;
    }

    /// <summary>Whether float32 holds a whole number.</summary>
    public static bool FitsFloat(long value) => Math.Abs(value) <= ExactInFloat;

    /// <summary>Whether a number is whole and float32 does not hold it for sure.</summary>
    public static bool NeedsDouble(double value) => Math.Abs(value) > ExactInFloat && double.IsInteger(value) && Math.Abs(value) < 1e18;

    public static bool TryBool(ReadOnlySpan<char> text, out bool value) => bool.TryParse(text, out value);

    /// <summary>Microseconds since 1970, UTC; a time without a zone is UTC.</summary>
    public static bool TryTime(ReadOnlySpan<char> text, out long microseconds)
    {
        microseconds = 0;
        if (text.Length < 10 || text[4] != '-' || text[7] != '-' || !char.IsAsciiDigit(text[0]) ||
            !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
            return false;
        microseconds = (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return true;
    }
}
