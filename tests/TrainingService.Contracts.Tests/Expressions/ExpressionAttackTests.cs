using System.Text.Json.Nodes;
using TrainingService.Contracts.Expressions;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Tests.Expressions;

/// <summary>What somebody who means harm would write; each is refused where it goes wrong.</summary>
public sealed class ExpressionAttackTests
{
    public static TheoryData<string, int, string> Attacks() => new()
    {
        { new string('(', 4_000), 65, "at most 64" },
        { new string('(', 100) + "y_pred" + new string(')', 100), 65, "at most 64" },
        { new string('-', 4_000) + "y_pred", 65, "at most 64" },
        { new string('+', 4_000) + "y_pred", 65, "at most 64" },
        { string.Concat(Enumerable.Repeat("not ", 900)) + "y_pred > 0", 257, "at most 64" },
        { string.Concat(Enumerable.Repeat("relu(", 300)) + "y_pred", 321, "at most 64" },
        { string.Join("**", Enumerable.Repeat("y_pred", 200)), 513, "at most 64" },
        { string.Join("+", Enumerable.Repeat("y_pred", 400)), 1792, "at most 512" },
        { "!!!!y_pred", 1, "Received: \"!\"" },
        { "1e308 * y_pred", 1, "float32 can hold. Received: 1e308" },
        { "y_pred * 1e308 * 1e308", 10, "float32 can hold" },
        { "y_pred + 1e30 * 1e30", 15, "multiply of numbers gives 1" },
        { "y_pred * 10 ** 39", 13, "float32 can hold" },
        { "y_pred + exp(1000)", 10, "exp of numbers gives" },
        { "y_pred + log(0)", 10, "log of numbers gives" },
        { "y_pred + sqrt(-1)", 10, "sqrt of numbers gives NaN" },
        { "y_pred / 0", 8, "a divisor other than 0" },
        { "y_pred / (1 - 1)", 8, "a divisor other than 0" },
        { "y_pred + " + new string('9', 400), 10, "float32 can hold" },
        { "y_pred.GetType()", 7, "Received: \".\"" },
        { "typeof(y_pred)", 1, "a function of the language. Received: \"typeof\"" },
        { "System.IO.File.ReadAllText(1)", 7, "Received: \".\"" },
        { "System", 1, "Received: \"System\"" },
        { "__import__(y_pred)", 1, "a function of the language" },
        { "eval(y_pred)", 1, "a function of the language" },
        { "\"a text\"", 1, "Received: \"\"\"" },
        { "'a text'", 1, "Received: \"'\"" },
        { "`ls`", 1, "Received: \"`\"" },
        { "$(ls)", 1, "Received: \"$\"" },
        { "y_pred; y_true", 7, "Received: \";\"" },
        { "y_pred # a comment", 8, "Received: \"#\"" },
        { "y_pred // a comment", 9, "Received: \"/\"" },
        { "y_pred /* a comment */", 9, "Received: \"*\"" },
        { "y_pred {1}", 8, "Received: \"{\"" },
        { "y_pred = 1", 8, "an operator or the end" },
        { "lambda: y_pred", 1, "Received: \"lambda\"" },
        { "yеpred", 2, "U+0435" }, // a Cyrillic letter
        { "y_pred − 1", 8, "U+2212" },
        { "ｙ_pred", 1, "U+FF59" },
        { "y_pred \u202e+ 1", 8, "U+202E" },
        { "y_pred\0", 7, "U+0000" },
        { "y_pred\ud83d\ude00", 7, "U+D83D" },
        { "1y_pred", 2, "an operator behind the number" },
        { "y_prd", 1, "did you mean \"y_pred\"?" },
        { "meen(y_pred)", 1, "did you mean \"mean\"?" },
        { "", 1, "Received: the end" },
        { "   ", 4, "Received: the end" },
        { "y_pred +", 9, "Received: the end" },
        { "(y_pred", 8, "expected \")\"" },
        { "y_pred)", 7, "an operator or the end" },
        { "mean", 5, "expected \"(\"" },
        { "mean(", 6, "Received: the end" },
        { "mean()", 6, "1 operand of mean" },
        { "mean(y_pred, -1)", 14, "axis=…" },
        { "mean(y_pred, axis=0.5)", 19, "a whole number" },
        { "mean(y_pred, axis=99)", 19, "a whole number" },
        { "mean(y_pred, axis=-1, axis=0)", 23, "axis once" },
        { "mean(y_pred, axes=1)", 14, "axis=…" },
        { "relu(y_pred, axis=1)", 14, "expected \")\"" },
        { "norm(y_pred, ord=3)", 18, "1 to 2" },
        { "one_hot(y_true, classes=1000000000)", 25, "1 to 65536" },
        { "y_pred[0]", 8, "only the last axis" },
        { "y_pred[..., ::0]", 15, "0" },
        { "1 < y_pred < 2", 12, "joined by \"and\"" },
        { "1 + not y_pred", 5, "into parentheses" },
    };

    [Theory, MemberData(nameof(Attacks))]
    public void It_is_refused_at_its_place(string text, int place, string message)
    {
        var broken = Assert.Throws<SpecException>(() => TensorExpression.Parse(text, ["y_true", "y_pred"]));
        Assert.StartsWith($"at character {place}: ", broken.Message);
        Assert.Contains(message, broken.Message);
        Assert.Equal("expression", broken.Field);
        Assert.True(broken.Message.Length < 1_000, broken.Message);
    }

    [Theory]
    [InlineData(1_000_000, '1')]
    [InlineData(100_000, '(')]
    [InlineData(100_000, '-')]
    [InlineData(100_000, '!')]
    public void A_text_that_is_too_long_is_not_even_looked_at(int length, char character)
    {
        var text = new string(character, length);
        Assert.Contains("at most 4096 characters", Assert.Throws<SpecException>(() => TensorExpression.Parse(text, [])).Message);
        var violation = Assert.Single(Refuse($$"""{"class_name": "ExpressionLoss", "config": {"expression": "{{text}}"} }"""));
        Assert.Equal(("/config/expression", ViolationCodes.InvalidLength), (violation.Pointer, violation.Code));
    }

    public static TheoryData<string, string> Growth() => new()
    {
        { "mean(y_pred, axis=-1) - y_pred", "values of one rank" },
        { "y_pred[..., 0] * y_pred", "values of one rank" },
        { "one_hot(y_true, classes=3)", "no larger than the inputs" },
        { "one_hot(y_true[..., 0], classes=4)", "no larger than the inputs" },
        { "matmul(y_pred, y_true)", "expected (…, n) and a weight (n, m)" },
        { "y_pred[..., 3]", "an index of -3 to 2" },
        { "y_pred[..., 2:1]", "at least one entry" },
        { "mean(y_pred, axis=2)", "an axis of (None, 3)" },
        { "mean(y_pred, axis=(0, 0))", "each axis once" },
        { "softmax(mean(y_pred))", "an axis of ()" },
        { "where(y_pred, y_pred, 0)", "to be a comparison" },
        { "where(y_pred > 0, y_pred, y_pred > 0)", "two numbers or two truths" },
        { "y_pred and y_true", "to be a comparison" },
        { "any(y_pred)", "to be a comparison" },
        { "y_pred[..., :2] + y_true", "can be broadcast" },
        { "sum(y_pred, axis=0)", "without the batch axis" },
        { "square(y_true)", "a gradient reaches y_pred" },
        { "mean(y_pred > y_true, axis=-1)", "a gradient reaches y_pred" },
        { "floor(y_pred)", "a gradient reaches y_pred" },
        { "stop_gradient(y_pred) - y_true", "a gradient reaches y_pred" },
        { "1", "a gradient reaches y_pred" },
    };

    [Theory, MemberData(nameof(Growth))]
    public void A_loss_whose_shapes_do_not_go_together_is_refused(string text, string message)
    {
        var broken = Assert.Throws<SpecException>(() => new ExpressionLoss(text).CheckShapes(new Shape(null, 3), new Shape(null, 3)));
        Assert.Contains(message, broken.Message);
        Assert.Equal("expression", broken.Field);
    }

    [Theory]
    [InlineData("""{"mean": 1}""")]
    [InlineData("""{"y_pred": 1}""")]
    [InlineData("""{"pi": 3}""")]
    [InlineData("""{"not": 1}""")]
    [InlineData("""{"a b": 1}""")]
    [InlineData("""{"2x": 1}""")]
    [InlineData("""{"dеlta": 1}""")]
    public void A_parameter_has_a_name_of_its_own(string parameters)
    {
        var violation = Assert.Single(Refuse($$"""{"class_name": "ExpressionLoss", "config": {"expression": "y_pred", "parameters": {{parameters}} } }"""));
        Assert.Equal("/config/parameters", violation.Pointer);
    }

    [Fact]
    public void A_job_says_where_its_expression_is_wrong()
    {
        var job = Samples.Regression().With("/compile/loss", new JsonObject { ["class_name"] = "ExpressionLoss", ["config"] = new JsonObject { ["expression"] = "mean(square(y_true - y_prd))" } });
        var violation = Samples.RefuseOne(job);
        Assert.Equal(("/compile/loss/config/expression", ViolationCodes.InvalidFormat), (violation.Pointer, violation.Code));
        Assert.StartsWith("at character 22: expected one of y_true, y_pred, pi, e, epsilon. Received: \"y_prd\"", violation.Message);
        Samples.Accept(job.With("/compile/loss/config/expression", "\"mean(square(y_true - y_pred))\""));
        var shapes = Samples.RefuseOne(job.With("/compile/loss/config/expression", "\"y_pred[..., 1]\""));
        Assert.Equal("/compile/loss/config/expression", shapes.Pointer);
    }

    private static IReadOnlyList<Violation> Refuse(string json)
    {
        Assert.Null(ContractsJson.TryRead<LossSpec>(Samples.Raw(json), out var violations));
        return violations;
    }
}
