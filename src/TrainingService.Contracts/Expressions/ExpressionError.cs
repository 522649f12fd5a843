using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Expressions;

/// <summary>What is wrong with an expression, and where.</summary>
internal static class ExpressionError
{
    private const int Longest = 40;

    /// <summary>An error at a place.</summary>
    /// <param name="position">Place of the first character that is wrong, from 0; people are told places from 1.</param>
    /// <param name="message">What was expected, and what came.</param>
    public static SpecException At(int position, string message) => new($"at character {position + 1}: {message}", "expression", ViolationCodes.InvalidFormat);

    /// <summary>A text as messages quote it.</summary>
    public static string Short(string text) => text.Length <= Longest ? text : string.Concat(text.AsSpan(0, Longest), "…");
}
