using System.Globalization;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Callbacks;

/// <summary>A learning rate of an epoch and the rate before it.</summary>
internal delegate double Formula(double epoch, double rate);

/// <summary>
/// Reads a formula in Python's notation, with Python's precedences. Functions: abs, ceil, cos, exp, float, floor, int, log, max, min, pow, round, sin,
/// sqrt, tan, tanh, also with <c>math.</c>, <c>np.</c>, <c>numpy.</c>, <c>ops.</c> or <c>keras.ops.</c> before them. What is true counts 1, what
/// is false 0.
/// </summary>
internal sealed class FormulaParser
{
    private const int LongestText = 1_000, DeepestNesting = 40;

    private static readonly string[] Modules = ["math.", "np.", "numpy.", "ops.", "keras.ops."];

    private static readonly Dictionary<string, Func<double, double>> Functions = new()
    {
        ["abs"] = Math.Abs, ["ceil"] = Math.Ceiling, ["cos"] = Math.Cos, ["exp"] = Math.Exp, ["float"] = x => x, ["floor"] = Math.Floor,
        ["int"] = Math.Truncate, ["log"] = Math.Log, ["round"] = x => Math.Round(x, MidpointRounding.ToEven), ["sin"] = Math.Sin, ["sqrt"] = Math.Sqrt,
        ["tan"] = Math.Tan, ["tanh"] = Math.Tanh,
    };

    private static readonly Dictionary<string, Func<double, double, double>> PairFunctions = new()
    {
        ["max"] = Math.Max, ["min"] = Math.Min, ["pow"] = Math.Pow,
    };

    private static readonly Dictionary<string, Func<double, double, bool>> Comparisons = new()
    {
        ["<"] = (a, b) => a < b, ["<="] = (a, b) => a <= b, [">"] = (a, b) => a > b, [">="] = (a, b) => a >= b, ["=="] = (a, b) => a == b, ["!="] = (a, b) => a != b,
    };

    private readonly IReadOnlyList<string> _tokens;
    private int _at, _depth;

    private FormulaParser(string text) => _tokens = FormulaTokens.Of(text);

    /// <exception cref="SpecException">It is no formula.</exception>
    public static Formula Parse(string text)
    {
        if (text.Length > LongestText)
            throw Broken($"at most {LongestText} characters", $"{text.Length}");
        var parser = new FormulaParser(text);
        var formula = parser.Choice();
        return parser.Peek is { } rest ? throw Broken("an operator or the end", $"\"{rest}\"") : formula;
    }

    private string? Peek => _at < _tokens.Count ? _tokens[_at] : null;

    private Formula Choice() // a if c else b
    {
        if (++_depth > DeepestNesting)
            throw Broken($"at most {DeepestNesting} levels of nesting", "more");
        var then = Either();
        if (Take("if"))
        {
            var condition = Either();
            Expect("else");
            var (yes, otherwise) = (then, Choice());
            then = (epoch, rate) => condition(epoch, rate) != 0 ? yes(epoch, rate) : otherwise(epoch, rate);
        }
        _depth--;
        return then;
    }

    private Formula Either()
    {
        var left = Both();
        while (Take("or"))
        {
            var (first, second) = (left, Both());
            left = (epoch, rate) => first(epoch, rate) is var value && value != 0 ? value : second(epoch, rate);
        }
        return left;
    }

    private Formula Both()
    {
        var left = Not();
        while (Take("and"))
        {
            var (first, second) = (left, Not());
            left = (epoch, rate) => first(epoch, rate) is var value && value == 0 ? value : second(epoch, rate);
        }
        return left;
    }

    private Formula Not()
    {
        var odd = false;
        while (Take("not"))
            odd = !odd;
        if (!odd)
            return Comparison();
        var operand = Comparison();
        return (epoch, rate) => operand(epoch, rate) == 0 ? 1 : 0;
    }

    private Formula Comparison() // 3 <= epoch < 5 holds when each part does
    {
        var left = Sum();
        Formula? all = null;
        while (Peek is { } token && Comparisons.TryGetValue(token, out var holds))
        {
            _at++;
            var (first, second, before) = (left, Sum(), all);
            all = (epoch, rate) => (before is null || before(epoch, rate) != 0) && holds(first(epoch, rate), second(epoch, rate)) ? 1 : 0;
            left = second;
        }
        return all ?? left;
    }

    private Formula Sum()
    {
        var left = Product();
        while (true)
        {
            var first = left;
            if (Take("+"))
                left = Join(first, Product(), (a, b) => a + b);
            else if (Take("-"))
                left = Join(first, Product(), (a, b) => a - b);
            else
                return left;
        }
    }

    private Formula Product()
    {
        var left = Signed();
        while (true)
        {
            var first = left;
            if (Take("*"))
                left = Join(first, Signed(), (a, b) => a * b);
            else if (Take("/"))
                left = Join(first, Signed(), (a, b) => a / b);
            else if (Take("//"))
                left = Join(first, Signed(), (a, b) => Math.Floor(a / b));
            else if (Take("%"))
                left = Join(first, Signed(), (a, b) => a - b * Math.Floor(a / b));
            else
                return left;
        }
    }

    private Formula Signed()
    {
        var negative = false;
        while (Peek is "+" or "-")
            negative ^= _tokens[_at++] == "-";
        var operand = Power();
        return negative ? (epoch, rate) => -operand(epoch, rate) : operand;
    }

    private Formula Power() // binds tighter than a sign before it, and to the right
    {
        var left = Atom();
        if (!Take("**"))
            return left;
        if (++_depth > DeepestNesting)
            throw Broken($"at most {DeepestNesting} levels of nesting", "more");
        var power = Join(left, Signed(), Math.Pow);
        _depth--;
        return power;
    }

    private Formula Atom()
    {
        if (Peek is not { } token)
            throw Broken("a number, epoch, lr, a function or '('", "the end");
        _at++;
        if (token == "(")
            return Closed(Choice());
        if (char.IsAsciiDigit(token[0]) || token[0] == '.')
        {
            return double.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? (_, _) => number
                : throw Broken("a number", $"\"{token}\"");
        }
        return Named(Modules.FirstOrDefault(module => token.StartsWith(module, StringComparison.Ordinal)) is { } module ? token[module.Length..] : token);
    }

    private Formula Named(string name)
    {
        if (Peek == "(")
            return Call(name);
        return name switch
        {
            "epoch" => (epoch, _) => epoch,
            "lr" or "learning_rate" => (_, rate) => rate,
            "pi" => (_, _) => Math.PI,
            "e" => (_, _) => Math.E,
            _ => throw Broken("a number, epoch, lr, pi, e or a function", $"\"{name}\""),
        };
    }

    private Formula Call(string name)
    {
        Expect("(");
        List<Formula> arguments = [Choice()];
        while (Take(","))
            arguments.Add(Choice());
        Closed(arguments[0]);
        if (arguments.Count == 1 && Functions.TryGetValue(name, out var function))
        {
            var argument = arguments[0];
            return (epoch, rate) => function(argument(epoch, rate));
        }
        if (arguments.Count == 2 && name == "log")
            return Join(arguments[0], arguments[1], (a, b) => Math.Log(a) / Math.Log(b));
        if (arguments.Count >= 2 && PairFunctions.TryGetValue(name, out var pair) && (arguments.Count == 2 || name != "pow"))
            return arguments.Aggregate((left, right) => Join(left, right, pair));
        throw Broken(
            $"a function: one of {string.Join(", ", Functions.Keys.Concat(PairFunctions.Keys).Order(StringComparer.Ordinal))}",
            $"{name} of {arguments.Count} argument{(arguments.Count == 1 ? "" : "s")}");
    }

    private static Formula Join(Formula left, Formula right, Func<double, double, double> operation) =>
        (epoch, rate) => operation(left(epoch, rate), right(epoch, rate));

    private Formula Closed(Formula inside)
    {
        Expect(")");
        return inside;
    }

    private bool Take(string token)
    {
        if (Peek != token)
            return false;
        _at++;
        return true;
    }

    private void Expect(string token)
    {
        if (!Take(token))
            throw Broken($"\"{token}\"", Peek is { } other ? $"\"{other}\"" : "the end");
    }

    internal static SpecException Broken(string expected, string received) => new($"expected {expected}. Received: {received}.", "schedule");
}
