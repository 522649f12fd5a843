using System.Text.RegularExpressions;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Callbacks;

/// <summary>Cuts a formula into numbers, names and operators.</summary>
internal static partial class FormulaTokens
{
    /// <exception cref="SpecException">A character that has no place in a formula.</exception>
    public static IReadOnlyList<string> Of(string text)
    {
        List<string> tokens = [];
        for (var at = 0; at < text.Length;)
        {
            var token = Token().Match(text, at);
            if (!token.Success)
                throw FormulaParser.Broken("numbers, names and operators", $"'{text[at]}' at character {at + 1}");
            if (!string.IsNullOrWhiteSpace(token.Value))
                tokens.Add(token.Value);
            at += token.Length;
        }
        return tokens;
    }

    [GeneratedRegex(@"\G(\s+|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[A-Za-z_][A-Za-z0-9_.]*|\*\*|//|<=|>=|==|!=|[-+*/%<>(),])")]
    private static partial Regex Token();
}
