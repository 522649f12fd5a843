using TrainingService.Contracts.Json;

namespace TrainingService.Api.Problems;

/// <summary>The header that names a request, so that its repetition is recognised.</summary>
internal static class IdempotencyHeader
{
    public const string Name = "Idempotency-Key";

    private const int MaxLength = 200;

    /// <summary>What is wrong with a key; null when nothing is.</summary>
    public static Violation? Violation(string? key) => key is null || (key.Length is > 0 and <= MaxLength && key.All(character => character is > ' ' and <= '~'))
        ? null
        : new Violation(Name, ViolationCodes.InvalidFormat, $"{Name}: expected 1 to {MaxLength} visible ASCII characters. Received: {key.Length} characters.");
}
