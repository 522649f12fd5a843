using System.Text;
using TrainingService.Contracts.Expressions;

namespace TrainingService.Contracts.Tests.Expressions;

/// <summary>Texts that are expressions, nearly expressions, or nothing of the kind; the same ones for the same seed.</summary>
internal sealed class RandomExpressions(int seed)
{
    private static readonly string[] Tokens =
    [
        "y_true", "y_pred", "delta", "pi", "1", "0", ".5", "1e-3", "1e38", "(", ")", "[", "]", ",", ":", "=", "...", "+", "-", "*", "/", "%", "**", "==", "<", ">=",
        "and", "or", "not", "mean", "sum", "where", "softmax", "axis", "keepdims", "true", "none", "axis=-1", "[..., 0]", "[..., 1:]", "x", "1e999", "\"", "#", "!",
    ];

    private static readonly string[] Axes = ["", "", ", axis=-1", ", axis=0", ", axis=1", ", axis=(0, 1)", ", axis=-1, keepdims=true", ", keepdims=true", ", axis=none"];

    private static readonly string[] Parts = ["[..., 0]", "[..., -1]", "[..., 1:]", "[..., :2]", "[..., ::2]", "[..., -2:]"];

    private readonly Random _random = new(seed);
    private readonly IReadOnlyList<ExpressionFunction> _functions = [.. ExpressionFunctions.Names.Order(StringComparer.Ordinal).Select(name => ExpressionFunctions.Find(name)!)];

    public string Next() => _random.Next(4) switch
    {
        0 => Noise(),
        1 => string.Join(_random.Next(2) == 0 ? " " : "", Enumerable.Range(0, _random.Next(1, 30)).Select(_ => Pick(Tokens))),
        2 => Damaged(Valid(4)),
        _ => Valid(4),
    };

    /// <summary>A text of the grammar; its shapes and types may still not go together.</summary>
    public string Valid(int depth)
    {
        if (depth == 0 || _random.Next(5) == 0)
            return _random.Next(6) switch { 0 => "y_true", 1 => "delta", 2 => _random.Next(1, 9).ToString(), 3 => "0.25", _ => "y_pred" };
        return _random.Next(8) switch
        {
            0 or 1 => $"{Valid(depth - 1)} {Pick(["+", "-", "*", "/"])} {Valid(depth - 1)}",
            2 => $"({Valid(depth - 1)})",
            3 => $"-{Valid(depth - 1)}",
            4 => $"({Valid(depth - 1)}){Pick(Parts)}",
            5 => $"where({Valid(depth - 1)} {Pick(["<", ">", "==", "!=", "<=", ">="])} {Valid(depth - 1)}, {Valid(depth - 1)}, {Valid(depth - 1)})",
            _ => Called(Pick(_functions), depth),
        };
    }

    private string Called(ExpressionFunction function, int depth)
    {
        var operands = string.Join(", ", Enumerable.Range(0, _random.Next(function.MinOperands, function.MaxOperands + 1)).Select(_ => Valid(depth - 1)));
        var options = function.Form switch
        {
            FunctionForm.Reduction or FunctionForm.LogicalReduction => Pick(Axes),
            FunctionForm.AlongAxis or FunctionForm.IndexReduction or FunctionForm.Dot => Pick(["", ", axis=-1", ", axis=1"]),
            FunctionForm.OneHot => ", classes=3",
            _ => "",
        };
        return $"{function.Name}({operands}{options})";
    }

    private string Damaged(string text)
    {
        var at = _random.Next(text.Length + 1);
        return _random.Next(3) switch
        {
            0 when at < text.Length => text.Remove(at, Math.Min(_random.Next(1, 4), text.Length - at)),
            1 => text.Insert(at, Pick(Tokens)),
            _ => string.Concat(text.AsSpan(0, at), text.AsSpan(Math.Min(at + 1, text.Length)), Pick(Tokens)),
        };
    }

    private string Noise()
    {
        var text = new StringBuilder();
        for (var length = _random.Next(60); length > 0; length--)
            text.Append(_random.Next(10) == 0 ? (char)_random.Next(0x10000) : (char)_random.Next(0x20, 0x7f));
        return text.ToString();
    }

    private T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];
}
