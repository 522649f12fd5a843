using TrainingService.Contracts.Expressions;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Tests.Expressions;

public sealed class ExpressionShapeTests
{
    private static readonly Dictionary<string, ExpressionType> Types = new()
    {
        ["y_true"] = new(new Shape(null, 3), HasBatch: true), ["y_pred"] = new(new Shape(null, 3), HasBatch: true, HasGradient: true),
        ["steps"] = new(new Shape(null, null, 4), HasBatch: true), ["kernel"] = new(new Shape(3, 2), HasBatch: false),
    };

    [Theory]
    [InlineData("y_pred", "(None, 3)")]
    [InlineData("mean(square(y_true - y_pred))", "()")]
    [InlineData("mean(square(y_true - y_pred), axis=-1)", "(None,)")]
    [InlineData("mean(y_pred, axis=-1, keepdims=true) - y_pred", "(None, 3)")]
    [InlineData("y_pred - mean(y_pred, axis=0)", "(None, 3)")]
    [InlineData("y_pred - mean(y_pred, axis=0, keepdims=true)", "(None, 3)")]
    [InlineData("sum(y_pred, axis=(0, 1))", "()")]
    [InlineData("sum(y_pred, axis=[0])", "(3,)")]
    [InlineData("y_pred[..., 0]", "(None,)")]
    [InlineData("y_pred[..., -2:]", "(None, 2)")]
    [InlineData("y_pred[..., ::2]", "(None, 2)")]
    [InlineData("one_hot(y_true[..., 0], classes=3)", "(None, 3)")]
    [InlineData("argmax(y_pred) == argmax(y_true)", "(None,)")]
    [InlineData("dot(y_true, y_pred)", "(None,)")]
    [InlineData("matmul(y_pred, kernel)", "(None, 2)")]
    [InlineData("softmax(steps, axis=1)", "(None, None, 4)")]
    [InlineData("logsumexp(steps, axis=(1, 2))", "(None,)")]
    [InlineData("steps * sum(steps, axis=1, keepdims=true)", "(None, None, 4)")]
    [InlineData("where(y_pred > 0 and not y_true == 1, pi, y_pred)", "(None, 3)")]
    [InlineData("2 ** -1 + -2 ** 2", "()")]
    public void The_shape_is_known_before_anything_is_computed(string text, string shape) =>
        Assert.Equal(shape, TensorExpression.Parse(text, [.. Types.Keys]).Check(Types).Shape.ToString());

    [Theory]
    [InlineData("2 ** -1 + -2 ** 2", -3.5)]
    [InlineData("2 ** 3 ** 2", 512)]
    [InlineData("1 - 2 - 3", -4)]
    [InlineData("7 % 4 * 2 + 1", 7)]
    [InlineData("-7 % 4", 1)]
    [InlineData("(1 + 2) * 3", 9)]
    [InlineData("clip(5, 0, 2) + maximum(1, 2)", 4)]
    [InlineData("delta * 2", 0.5)]
    [InlineData("log(e)", 1)]
    public void Numbers_are_computed_once(string text, double value)
    {
        var only = Assert.IsType<ConstantNode>(Assert.Single(TensorExpression.Parse(text, [], new Dictionary<string, double> { ["delta"] = 0.25 }).Nodes));
        Assert.Equal(value, only.Value, 1e-12);
    }

    [Fact]
    public void Labels_and_outputs_are_made_of_one_rank_as_Keras_does()
    {
        new ExpressionLoss("square(y_true - y_pred)").CheckShapes(new Shape([null]), new Shape(null, 1));
        new ExpressionLoss("square(y_true - y_pred)").CheckShapes(new Shape(null, 5, 1), new Shape(null, 5));
        new ExpressionLoss("-log(sum(one_hot(y_true, classes=3) * y_pred, axis=-1))").CheckShapes(new Shape([null]), new Shape(null, 3));
    }

    [Fact]
    public void A_metric_says_which_way_is_better()
    {
        var metric = Read<MetricSpec>("""{"class_name": "ExpressionMetric", "config": {"name": "close", "expression": "abs(y_true - y_pred) < delta", "direction": "up", "parameters": {"delta": 0.1}}}""");
        Assert.Equal((Metrics.Direction.Up, "close"), (metric.Direction, metric.Name));
        metric.CheckShapes(new Shape(null, 3), new Shape(null, 3));
        Assert.Null(Read<MetricSpec>("""{"class_name": "ExpressionMetric", "config": {"expression": "y_pred"}}""").Direction);
    }

    [Fact]
    public void A_layer_has_its_inputs_by_number_and_weights_by_name()
    {
        var layer = Read<LayerSpec>(
            """{"class_name": "ExpressionLayer", "config": {"expression": "matmul(x0 * x1, kernel) + bias", "weights": [{"name": "kernel", "shape": [3, 2]}, {"name": "bias", "shape": [2], "initializer": "zeros", "trainable": false}]}}""");
        Shape[] inputs = [new Shape(null, 3), new Shape(null, 3)];
        Assert.Equal("(None, 2)", Assert.Single(layer.OutputShapes(inputs, CallSpec.None)).ToString());
        Assert.Equal(["kernel", "bias"], layer.Weights(inputs, CallSpec.None).Select(weight => weight.Name));
        Assert.Contains("expected one of", Assert.Throws<SpecException>(() => layer.OutputShapes([inputs[0]], CallSpec.None)).Message);
        var single = new ExpressionLayer("x * sigmoid(beta * x)", new Dictionary<string, double> { ["beta"] = 1.5 });
        Assert.Equal("(None, 3)", single.OutputShape(inputs[0]).ToString());
        Assert.Contains("with the batch axis", Assert.Throws<SpecException>(() => new ExpressionLayer("sum(x)").OutputShape(inputs[0])).Message);
    }

    [Theory]
    [InlineData("""{"expression": "x", "weights": [{"name": "x", "shape": [1]}]}""", "/config/weights")]
    [InlineData("""{"expression": "x", "weights": [{"name": "w", "shape": [1]}, {"name": "w", "shape": [1]}]}""", "/config/weights")]
    [InlineData("""{"expression": "x", "weights": [{"name": "w", "shape": [null]}]}""", "/config/weights")]
    [InlineData("""{"expression": "x", "weights": [{"name": "a/b", "shape": [1]}]}""", "/config/weights")]
    [InlineData("""{"expression": "x + w"}""", "/config/expression")]
    [InlineData("""{"expression": "x", "weights": [{"name": "w"}]}""", "/config/weights/0/shape")]
    public void A_layer_that_cannot_be_is_refused_at_its_field(string config, string pointer)
    {
        Assert.Null(ContractsJson.TryRead<LayerSpec>(Samples.Raw($$"""{"class_name": "ExpressionLayer", "config": {{config}} }"""), out var violations));
        Assert.Equal(pointer, Assert.Single(violations).Pointer);
    }

    private static T Read<T>(string json) where T : class
    {
        var spec = ContractsJson.TryRead<T>(Samples.Raw(json), out var violations);
        Assert.Empty(violations);
        return spec!;
    }
}
