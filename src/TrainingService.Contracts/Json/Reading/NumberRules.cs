using System.Globalization;
using System.Text.Json;

namespace TrainingService.Contracts.Json.Reading;

/// <summary>Numbers: nothing is rounded, cut or turned into infinity on the way in.</summary>
internal static class NumberRules
{
    /// <returns>The number, or null after a violation.</returns>
    public static long? ReadInteger(JsonElement json, long minimum, long maximum, ValueRules rules, string pointer, ReadContext context)
    {
        if (json.ValueKind != JsonValueKind.Number)
        {
            context.Add(pointer, ViolationCodes.WrongType, $"expected a whole number. Received: {Received.Text(json)}.");
            return null;
        }
        var (low, high) = rules.Range ?? (minimum, maximum);
        if (json.GetRawText().AsSpan().IndexOfAny('.', 'e', 'E') >= 0)
        {
            context.Add(pointer, ViolationCodes.NotAnInteger, $"expected a whole number, written without point and exponent. Received: {Received.Text(json)}.");
            return null;
        }
        if (json.TryGetInt64(out var value) && value >= minimum && value <= maximum && value >= low && value <= high)
            return value;
        context.Add(pointer, ViolationCodes.OutOfRange, $"expected {RangeText(low, high)}. Received: {Received.Text(json)}.");
        return null;
    }

    /// <returns>The number, or null after a violation.</returns>
    public static double? ReadReal(JsonElement json, ValueRules rules, string pointer, ReadContext context)
    {
        if (json.ValueKind != JsonValueKind.Number)
        {
            context.Add(pointer, ViolationCodes.WrongType, $"expected a number. Received: {Received.Text(json)}.");
            return null;
        }
        // The engine computes in float32: what is past its largest number would become infinite.
        if (!json.TryGetDouble(out var value) || !double.IsFinite(value) || Math.Abs(value) > float.MaxValue)
        {
            context.Add(pointer, ViolationCodes.NotFinite, $"expected a number that float32 can hold. Received: {Received.Text(json)}.");
            return null;
        }
        if (value == 0 && json.GetRawText().AsSpan().IndexOfAnyInRange('1', '9') is >= 0 and var digit && !AfterExponent(json.GetRawText(), digit))
        {
            context.Add(pointer, ViolationCodes.OutOfRange, $"expected 0 or a number that can be told from 0. Received: {Received.Text(json)}.");
            return null;
        }
        if (rules.Range is not var (low, high) || (value >= low && value <= high))
            return value;
        context.Add(pointer, ViolationCodes.OutOfRange, $"expected {RangeText(low, high)}. Received: {Received.Text(json)}.");
        return null;
    }

    private static bool AfterExponent(string number, int digit) => number.IndexOfAny(['e', 'E']) is >= 0 and var exponent && digit > exponent;

    private static string RangeText(double low, double high) =>
        low == double.Epsilon ? $"a number above 0, at most {Text(high)}" : $"{Text(low)} to {Text(high)}";

    private static string Text(double number) =>
        Math.Abs(number) < 1e18 && number == Math.Truncate(number) ? ((long)number).ToString() : number.ToString("G", CultureInfo.InvariantCulture);
}
