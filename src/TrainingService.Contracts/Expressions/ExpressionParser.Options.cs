namespace TrainingService.Contracts.Expressions;

/// <summary>What is given to a function by name: <c>axis=-1</c>, <c>axis=(1, 2)</c>, <c>keepdims=true</c>, <c>ord=1</c>, <c>classes=10</c>.</summary>
internal sealed partial class ExpressionParser
{
    private bool IsOption => Current.Kind == TokenKind.Name && _tokens[_next + 1].Is("=");

    private static IReadOnlyList<string> OptionsOf(ExpressionFunction function) => function.Form switch
    {
        FunctionForm.Reduction when function.Name == "norm" => ["axis", "keepdims", "ord"],
        FunctionForm.Reduction or FunctionForm.LogicalReduction => ["axis", "keepdims"],
        FunctionForm.IndexReduction or FunctionForm.AlongAxis or FunctionForm.Dot => ["axis"],
        FunctionForm.OneHot => ["classes"],
        _ => [],
    };

    private static string ExpectedBehind(ExpressionFunction function)
    {
        var options = OptionsOf(function);
        return options.Count == 0 ? "\")\"" : $"{string.Join(", ", options.Select(option => $"{option}=…"))} or \")\"";
    }

    private CallOptions ReadOptions(ExpressionFunction function)
    {
        var (allowed, options) = (OptionsOf(function), CallOptions.None);
        HashSet<string> seen = [];
        while (true)
        {
            var name = Current;
            if (!IsOption || !allowed.Contains(name.Text))
                throw ExpressionError.At(name.Position, $"expected {ExpectedBehind(function)}. Received: {name.Quoted}.");
            if (!seen.Add(name.Text))
                throw ExpressionError.At(name.Position, $"expected {name.Text} once. Received: it again.");
            Take();
            Expect("=");
            options = name.Text switch
            {
                "axis" => options with { Axes = ReadAxes() },
                "keepdims" => options with { KeepDims = ReadTruth() },
                "ord" => options with { Order = ReadOrder() },
                _ => options with { Classes = (int)Whole(1, ExpressionLimits.Classes) },
            };
            if (!Current.Is(","))
                return options;
            Take();
        }
    }

    private List<int>? ReadAxes()
    {
        if (Current.Is("none") || Current.Is("None"))
        {
            Take();
            return null;
        }
        if (!Current.Is("(") && !Current.Is("["))
            return [Axis()];
        var close = Take().Is("(") ? ")" : "]";
        List<int> axes = [Axis()];
        while (Current.Is(","))
        {
            Take();
            if (Current.Is(close))
                break;
            axes.Add(Axis());
        }
        Expect(close);
        return axes;
    }

    private int Axis() => (int)Whole(-ExpressionLimits.Rank, ExpressionLimits.Rank - 1);

    private bool ReadTruth()
    {
        var word = Take();
        return word.Text switch
        {
            "true" or "True" => true,
            "false" or "False" => false,
            _ => throw ExpressionError.At(word.Position, $"expected true or false. Received: {word.Quoted}."),
        };
    }

    private double ReadOrder()
    {
        if (Current.Is("inf"))
        {
            Take();
            return double.PositiveInfinity;
        }
        return Whole(1, 2);
    }

    /// <summary>A whole number, which may have a sign or be a parameter.</summary>
    private long Whole(long minimum, long maximum)
    {
        var first = Current;
        var negative = first.Is("-");
        if (negative)
            Take();
        var token = Take();
        var value = token.Kind == TokenKind.Number ? token.Number
            : token.Kind == TokenKind.Name && parameters.TryGetValue(token.Text, out var parameter) ? parameter
            : double.NaN;
        value = negative ? -value : value;
        return value == Math.Truncate(value) && value >= minimum && value <= maximum
            ? (long)value
            : throw ExpressionError.At(first.Position, $"expected a whole number, {minimum} to {maximum}. Received: {(double.IsNaN(value) ? token.Quoted : $"{value:R}")}.");
    }

    private long Whole() => Whole(-int.MaxValue, int.MaxValue);
}
