namespace TrainingService.Contracts.Expressions;

/// <summary>Every function of the language; there is no other.</summary>
public static class ExpressionFunctions
{
    private static readonly Dictionary<string, ExpressionFunction> Table = All().ToDictionary(function => function.Name, StringComparer.Ordinal);

    /// <summary>Their names.</summary>
    public static IReadOnlyCollection<string> Names => Table.Keys;

    /// <summary>The function of a name, or null.</summary>
    public static ExpressionFunction? Find(string name) => Table.GetValueOrDefault(name);

    private static IEnumerable<ExpressionFunction> All() =>
    [
        // Arithmetic; operators stand for these.
        Binary("add", (x, y) => x + y), Binary("subtract", (x, y) => x - y), Binary("multiply", (x, y) => x * y), Binary("divide", (x, y) => x / y),
        Binary("mod", (x, y) => x - y * Math.Floor(x / y)), Binary("pow", Math.Pow), Unary("negative", x => -x),
        Binary("divide_no_nan", (x, y) => y == 0 ? 0 : x / y), Binary("maximum", Math.Max), Binary("minimum", Math.Min), Binary("atan2", Math.Atan2),
        // One element at a time.
        Unary("abs", Math.Abs), Unary("square", x => x * x), Unary("sqrt", Math.Sqrt), Unary("rsqrt", x => 1 / Math.Sqrt(x)), Unary("reciprocal", x => 1 / x),
        Unary("exp", Math.Exp), Unary("expm1", x => Math.Exp(x) - 1), Unary("log", Math.Log), Unary("log1p", x => Math.Log(1 + x)), Unary("log2", Math.Log2),
        Unary("log10", Math.Log10), Unary("sin", Math.Sin), Unary("cos", Math.Cos), Unary("tan", Math.Tan), Unary("asin", Math.Asin), Unary("acos", Math.Acos),
        Unary("atan", Math.Atan), Unary("sinh", Math.Sinh), Unary("cosh", Math.Cosh), Unary("tanh", Math.Tanh), Unary("asinh", Math.Asinh),
        Unary("acosh", Math.Acosh), Unary("atanh", Math.Atanh), Unary("erf"), Unary("sigmoid", x => 1 / (1 + Math.Exp(-x))), Unary("log_sigmoid"),
        Unary("softplus"), Unary("softsign", x => x / (1 + Math.Abs(x))), Unary("relu", x => Math.Max(x, 0)), Unary("relu6", x => Math.Clamp(x, 0, 6)),
        Unary("silu"), Unary("gelu"), Unary("selu"), Unary("mish"), Unary("hard_sigmoid"),
        new("elu", FunctionForm.Elementwise, 1, 2, true, null), new("leaky_relu", FunctionForm.Elementwise, 1, 2, true, null),
        new("clip", FunctionForm.Elementwise, 3, 3, true, x => Math.Min(Math.Max(x[0], x[1]), x[2])),
        new("where", FunctionForm.Elementwise, 3, 3, true, null),
        Step("sign", x => Math.Sign(x)), Step("floor", Math.Floor), Step("ceil", Math.Ceiling), Step("round", Math.Round), Step("stop_gradient"),
        // Truths.
        Comparison("equal"), Comparison("not_equal"), Comparison("less"), Comparison("less_equal"), Comparison("greater"), Comparison("greater_equal"),
        new("isnan", FunctionForm.Comparison, 1, 1, false, null), new("isfinite", FunctionForm.Comparison, 1, 1, false, null),
        new("logical_and", FunctionForm.Logical, 2, 2, false, null), new("logical_or", FunctionForm.Logical, 2, 2, false, null),
        new("logical_not", FunctionForm.Logical, 1, 1, false, null),
        // Along axes.
        Reduction("sum"), Reduction("mean"), Reduction("max"), Reduction("min"), Reduction("prod"), Reduction("var"), Reduction("std"), Reduction("logsumexp"),
        Reduction("norm"), new("any", FunctionForm.LogicalReduction, 1, 1, false, null), new("all", FunctionForm.LogicalReduction, 1, 1, false, null),
        new("argmax", FunctionForm.IndexReduction, 1, 1, false, null), new("argmin", FunctionForm.IndexReduction, 1, 1, false, null),
        new("softmax", FunctionForm.AlongAxis, 1, 1, true, null), new("log_softmax", FunctionForm.AlongAxis, 1, 1, true, null),
        new("l2_normalize", FunctionForm.AlongAxis, 1, 1, true, null), new("cumsum", FunctionForm.AlongAxis, 1, 1, true, null),
        new("dot", FunctionForm.Dot, 2, 2, true, null), new("matmul", FunctionForm.MatMul, 2, 2, true, null), new("one_hot", FunctionForm.OneHot, 1, 1, false, null),
    ];

    private static ExpressionFunction Unary(string name, Func<double, double>? fold = null) =>
        new(name, FunctionForm.Elementwise, 1, 1, true, fold is null ? null : x => fold(x[0]));

    private static ExpressionFunction Binary(string name, Func<double, double, double> fold) =>
        new(name, FunctionForm.Elementwise, 2, 2, true, x => fold(x[0], x[1]));

    private static ExpressionFunction Step(string name, Func<double, double>? fold = null) => Unary(name, fold) with { Differentiable = false };

    private static ExpressionFunction Comparison(string name) => new(name, FunctionForm.Comparison, 2, 2, false, null);

    private static ExpressionFunction Reduction(string name) => new(name, FunctionForm.Reduction, 1, 1, true, null);
}
