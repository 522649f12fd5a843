using TrainingService.Contracts.Json.Reading;

namespace TrainingService.Contracts.Expressions;

/// <summary>
/// Reads an expression by precedence climbing. It calls itself only for what stands inside something else, and no deeper than the limit,
/// so that no text can exhaust the stack. Operations of numbers alone are computed at once.
/// </summary>
internal sealed partial class ExpressionParser(string text, IReadOnlyCollection<string> inputs, IReadOnlyDictionary<string, double> parameters)
{
    private const int Not = 3, Compared = 4, Signed = 7;

    private static readonly Dictionary<string, (int Precedence, string Function)> Operators = new(StringComparer.Ordinal)
    {
        ["or"] = (1, "logical_or"), ["and"] = (2, "logical_and"), ["=="] = (Compared, "equal"), ["!="] = (Compared, "not_equal"), ["<"] = (Compared, "less"),
        ["<="] = (Compared, "less_equal"), [">"] = (Compared, "greater"), [">="] = (Compared, "greater_equal"), ["+"] = (5, "add"), ["-"] = (5, "subtract"),
        ["*"] = (6, "multiply"), ["/"] = (6, "divide"), ["%"] = (6, "mod"), ["**"] = (8, "pow"),
    };

    /// <summary>Names that a parameter, a weight or a tensor cannot have.</summary>
    public static IReadOnlyDictionary<string, double> Constants { get; } = new Dictionary<string, double> { ["pi"] = Math.PI, ["e"] = Math.E, ["epsilon"] = 1e-7 };

    private readonly IReadOnlyList<Token> _tokens = ExpressionLexer.Read(text);
    private readonly List<ExpressionNode> _nodes = [];
    private int _next, _depth;

    private Token Current => _tokens[_next];

    /// <summary>The steps that the result needs.</summary>
    public IReadOnlyList<ExpressionNode> Parse()
    {
        var result = Value(0);
        if (Current.Kind != TokenKind.End)
            throw ExpressionError.At(Current.Position, $"expected an operator or the end. Received: {Current.Quoted}.");
        return LiveNodes.Of(_nodes, result);
    }

    /// <summary>Whether a name is a word of the language itself.</summary>
    public static bool IsReserved(string name) =>
        Constants.ContainsKey(name) || ExpressionFunctions.Find(name) is not null || name is "and" or "or" or "not" or "true" or "false" or "none" or "inf";

    /// <summary>A value, with the operators that bind at least this strongly.</summary>
    private int Value(int minimum)
    {
        if (++_depth > ExpressionLimits.Depth)
            throw ExpressionError.At(Current.Position, $"expected at most {ExpressionLimits.Depth} parentheses, calls, signs and powers inside each other.");
        var left = Operand(minimum);
        while (Current.Kind is TokenKind.Sign or TokenKind.Name && Operators.TryGetValue(Current.Text, out var rule) && rule.Precedence >= minimum)
        {
            var sign = Take();
            // Powers are taken from the right, everything else from the left.
            var right = Value(sign.Is("**") ? rule.Precedence : rule.Precedence + 1);
            left = Call(rule.Function, [left, right], sign.Position);
            if (rule.Precedence == Compared && Operators.TryGetValue(Current.Text, out var chained) && chained.Precedence == Compared)
                throw ExpressionError.At(Current.Position, $"expected comparisons joined by \"and\". Received: {Current.Quoted}.");
        }
        _depth--;
        return left;
    }

    private int Operand(int minimum)
    {
        var token = Current;
        if (token.Is("-") || token.Is("+"))
        {
            Take();
            var signed = Value(Signed);
            return token.Is("-") ? Call("negative", [signed], token.Position) : signed;
        }
        if (token.Is("not"))
        {
            if (minimum > Not)
                throw ExpressionError.At(token.Position, "expected a value; put \"not …\" into parentheses here.");
            Take();
            return Call("logical_not", [Value(Not)], token.Position);
        }
        var operand = Primary();
        while (Current.Is("["))
            operand = Index(operand);
        return operand;
    }

    private int Primary()
    {
        var token = Take();
        if (token.Kind == TokenKind.Number)
            return Add(new ConstantNode(token.Number, token.Position));
        if (token.Is("("))
        {
            var inner = Value(0);
            Expect(")");
            return inner;
        }
        if (token.Kind != TokenKind.Name || Operators.ContainsKey(token.Text))
            throw ExpressionError.At(token.Position, $"expected a number, a name, a function or \"(\". Received: {token.Quoted}.");
        return Current.Is("(") ? Function(token) : Name(token);
    }

    private int Name(Token token)
    {
        if (inputs.Contains(token.Text))
            return Add(new InputNode(token.Text, token.Position));
        if (parameters.TryGetValue(token.Text, out var value) || Constants.TryGetValue(token.Text, out value))
            return Add(new ConstantNode(value, token.Position));
        if (ExpressionFunctions.Find(token.Text) is not null)
            throw ExpressionError.At(token.Position + token.Text.Length, $"expected \"(\" behind the function {token.Text}.");
        var known = inputs.Concat(parameters.Keys).Concat(Constants.Keys).ToList();
        throw Unknown(token, $"expected one of {string.Join(", ", known.Take(20))}", known);
    }

    private int Function(Token name)
    {
        var function = ExpressionFunctions.Find(name.Text) ?? throw Unknown(name, "expected a function of the language", ExpressionFunctions.Names);
        Expect("(");
        List<int> operands = [];
        var options = CallOptions.None;
        while (!Current.Is(")"))
        {
            if (operands.Count > 0)
                Expect(",");
            if (IsOption)
            {
                options = ReadOptions(function);
                break;
            }
            if (operands.Count == function.MaxOperands)
                throw ExpressionError.At(Current.Position, $"expected {ExpectedBehind(function)}. Received: {Current.Quoted}.");
            operands.Add(Value(0));
        }
        if (operands.Count < function.MinOperands)
            throw ExpressionError.At(Current.Position, $"expected {function.MinOperands} operand{(function.MinOperands == 1 ? "" : "s")} of {name.Text}. Received: {operands.Count}.");
        Expect(")");
        return Call(function, operands, options, name.Position);
    }

    private int Index(int operand)
    {
        var open = Take();
        if (!Current.Is("..."))
            throw ExpressionError.At(Current.Position, $"expected \"...\": only the last axis is indexed, as in x[..., 0]. Received: {Current.Quoted}.");
        Take();
        Expect(",");
        var start = Current.Is(":") ? null : (long?)Whole();
        var single = Current.Is("]");
        long? stop = null;
        long step = 1;
        if (!single)
        {
            Expect(":");
            stop = Current.Is(":") || Current.Is("]") ? null : Whole();
            if (Current.Is(":"))
            {
                Take();
                var at = Current.Position;
                step = Current.Is("]") ? 1 : Whole();
                if (step < 1)
                    throw ExpressionError.At(at, $"expected a step of at least 1. Received: {step}.");
            }
        }
        Expect("]");
        return Add(new IndexNode(operand, start, stop, step, single, open.Position));
    }

    private int Call(string function, int[] operands, int position) => Call(ExpressionFunctions.Find(function)!, operands, CallOptions.None, position);

    private int Call(ExpressionFunction function, IReadOnlyList<int> operands, CallOptions options, int position)
    {
        var numbers = operands.Select(operand => (_nodes[operand] as ConstantNode)?.Value).ToArray();
        if (function.Name is "divide" or "mod" && numbers[1] == 0)
            throw ExpressionError.At(position, "expected a divisor other than 0.");
        if (function.Fold is null || numbers.Contains(null))
            return Add(new CallNode(function, [.. operands], options, position));
        var value = function.Fold([.. numbers.Select(number => number!.Value)]);
        return double.IsFinite(value) && Math.Abs(value) <= float.MaxValue
            ? Add(new ConstantNode(value, position))
            : throw ExpressionError.At(position, $"expected a number that float32 can hold. Received: {function.Name} of numbers gives {value:R}.");
    }

    private int Add(ExpressionNode node)
    {
        if (_nodes.Count == ExpressionLimits.Nodes)
            throw ExpressionError.At(node.Position, $"expected at most {ExpressionLimits.Nodes} operations, names and numbers.");
        _nodes.Add(node);
        return _nodes.Count - 1;
    }

    private Token Take() => Current.Kind == TokenKind.End ? Current : _tokens[_next++];

    private void Expect(string sign)
    {
        if (!Current.Is(sign))
            throw ExpressionError.At(Current.Position, $"expected \"{sign}\". Received: {Current.Quoted}.");
        Take();
    }

    private static Shapes.SpecException Unknown(Token token, string expected, IEnumerable<string> known)
    {
        var hint = NearMiss.Hint(token.Text, known);
        return ExpressionError.At(token.Position, $"{expected}. Received: \"{ExpressionError.Short(token.Text)}\".{(hint is null ? "" : $" {hint}")}");
    }
}
