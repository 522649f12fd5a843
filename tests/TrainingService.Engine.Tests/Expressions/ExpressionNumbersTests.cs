using System.Text.Json;
using TorchSharp;
using TrainingService.Contracts.Expressions;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Shapes;
using TrainingService.Contracts.Tests.Expressions;
using TrainingService.Engine.Expressions;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Losses;
using TrainingService.Engine.Metrics;
using TrainingService.Engine.Random;
using TrainingService.Engine.Tests.Training;
using static TorchSharp.torch;

namespace TrainingService.Engine.Tests.Expressions;

[Collection(TrainingCollection.Name)]
public class ExpressionNumbersTests
{
    private static readonly Dictionary<string, double> Parameters = new() { ["delta"] = 0.5 };

    [Fact]
    public void Every_function_of_the_language_is_computed() =>
        Assert.Equal(ExpressionFunctions.Names.Order(StringComparer.Ordinal), ExpressionRunner.Functions.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("mse", "mean(square(y_true - y_pred), axis=-1)")]
    [InlineData("mae", "mean(abs(y_true - y_pred), axis=-1)")]
    [InlineData("huber", "mean(where(abs(y_pred - y_true) <= 1, 0.5 * square(y_pred - y_true), abs(y_pred - y_true) - 0.5), axis=-1)")]
    [InlineData("log_cosh", "mean(y_pred - y_true + softplus(-2 * (y_pred - y_true)) - log(2), axis=-1)")]
    [InlineData("cosine_similarity", "-dot(l2_normalize(y_true), l2_normalize(y_pred))")]
    [InlineData("kl_divergence", "sum(clip(y_true, epsilon, 1) * log(clip(y_true, epsilon, 1) / clip(y_pred, epsilon, 1)), axis=-1)")]
    [InlineData("poisson", "mean(y_pred - y_true * log(y_pred + 1e-7), axis=-1)")]
    [InlineData("bce", "-mean(y_true * log(clip(y_pred, epsilon, 1 - epsilon)) + (1 - y_true) * log(1 - clip(y_pred, epsilon, 1 - epsilon)), axis=-1)")]
    [InlineData("categorical_hinge", "maximum(max((1 - y_true) * y_pred, axis=-1) - sum(y_true * y_pred, axis=-1) + 1, 0)")]
    [InlineData("dice", "1 - 2 * sum(y_true * y_pred) / (sum(y_true) + sum(y_pred) + epsilon)")]
    public void A_loss_that_is_written_down_is_the_loss_that_is_named(string name, string text)
    {
        using var scope = NewDisposeScope();
        var (labels, outputs) = (rand(4, 3), rand(4, 3).requires_grad_(true));
        var weight = rand(4);
        var first = LossTable.Build(Read<LossSpec>($"\"{name}\"")).Call(labels, outputs, weight);
        var written = LossTable.Build(new Contracts.Losses.ExpressionLoss(text)).Call(labels, outputs, weight);
        Assert.Equal(first.item<float>(), written.item<float>(), 1e-5f);
        first.backward();
        var gradient = outputs.grad!.clone();
        outputs.grad!.zero_();
        written.backward();
        Assert.True(outputs.grad!.allclose(gradient, 1e-4, 1e-5), $"{outputs.grad!.str()} {gradient.str()}");
    }

    [Fact]
    public void What_is_predicted_of_a_shape_is_what_is_computed()
    {
        using var scope = NewDisposeScope();
        var random = new RandomExpressions(1);
        var labels = rand(5, 3);
        var outputs = rand(5, 3);
        var types = new Dictionary<string, ExpressionType> { ["y_true"] = new(new Shape(null, 3), true), ["y_pred"] = new(new Shape(null, 3), true, HasGradient: true) };
        var computed = 0;
        for (var round = 0; round < 4_000; round++)
        {
            var text = random.Valid(4);
            TensorExpression expression;
            ExpressionType type;
            try
            {
                expression = TensorExpression.Parse(text, [.. types.Keys], Parameters);
                type = expression.Check(types);
            }
            catch (SpecException)
            {
                continue;
            }
            using var inner = NewDisposeScope();
            var variable = outputs.clone().requires_grad_(true);
            var value = new ExpressionRunner(expression).Run(new Dictionary<string, Tensor> { ["y_true"] = labels, ["y_pred"] = variable }, variable);
            Assert.Equal(type.Shape.Select(size => size ?? 5), value.shape);
            Assert.True(type.HasGradient == value.requires_grad, $"{text} has {(type.HasGradient ? "no" : "a")} gradient");
            if (type.HasGradient)
                value.sum().backward();
            computed++;
        }
        Assert.True(computed > 1_000, $"only {computed} could be computed");
    }

    public static TheoryData<string> Differentiable => new(ExpressionFunctions.Names.Where(name => ExpressionFunctions.Find(name)!.Differentiable && name != "matmul"));

    [Theory, MemberData(nameof(Differentiable))]
    public void The_gradient_of_a_function_is_its_slope(string name)
    {
        using var scope = NewDisposeScope();
        var function = ExpressionFunctions.Find(name)!;
        var first = name switch { "acosh" => "(y_pred + 1.5)", "where" => "y_true > 0.5", _ => "y_pred" };
        var operands = string.Join(", ", new[] { first, "y_true + 0.3 * y_pred", "y_true * 2" }.Take(function.MinOperands));
        var axis = function.Form is FunctionForm.Elementwise ? "" : ", axis=-1";
        var runner = new ExpressionRunner(TensorExpression.Parse($"sum({name}({operands}{axis}))", ["y_true", "y_pred"]));
        var random = new Generator(5);
        var labels = rand([2, 3], float64, CPU, generator: random) * 0.5 + 0.2;
        var outputs = rand([2, 3], float64, CPU, generator: random) * 0.5 + 0.2;
        var variable = outputs.clone().requires_grad_(true);
        Value(variable).backward();
        for (var index = 0; index < 6; index++)
        {
            var step = zeros(6, float64);
            step[index] = 1e-6;
            var slope = (Value(outputs + step.reshape(2, 3)).item<double>() - Value(outputs - step.reshape(2, 3)).item<double>()) / 2e-6;
            Assert.Equal(slope, variable.grad!.flatten()[index].item<double>(), 1e-5 * Math.Max(1, Math.Abs(slope)));
        }

        Tensor Value(Tensor y) => runner.Run(new Dictionary<string, Tensor> { ["y_true"] = labels, ["y_pred"] = y }, y);
    }

    [Theory]
    [InlineData("sum(x, axis=0, keepdims=true) + 0 * x", new double[] { 5, 7, 9, 5, 7, 9 })]
    [InlineData("x[..., -1] % 4", new double[] { 3, 2 })]
    [InlineData("x[..., ::2]", new double[] { 1, 3, 4, 6 })]
    [InlineData("prod(x, axis=-1)", new double[] { 6, 120 })]
    [InlineData("var(x, axis=-1) * 3", new double[] { 2, 2 })]
    [InlineData("norm(x, ord=1, axis=-1)", new double[] { 6, 15 })]
    [InlineData("norm(x, ord=inf, axis=-1)", new double[] { 3, 6 })]
    [InlineData("exp(logsumexp(log(x), axis=1))", new double[] { 6, 15 })]
    [InlineData("argmax(-x) + argmin(-x)", new double[] { 2, 2 })]
    [InlineData("x > 2 and x < 5", new double[] { 0, 0, 1, 1, 0, 0 })]
    [InlineData("any(x > 5, axis=-1) or all(x < 4, axis=-1)", new double[] { 1, 1 })]
    [InlineData("leaky_relu(x - 3)", new double[] { -0.4, -0.2, 0, 1, 2, 3 })]
    [InlineData("elu(0 * x, 2)", new double[] { 0, 0, 0, 0, 0, 0 })]
    [InlineData("divide_no_nan(x, x - 1)[..., 0]", new double[] { 0, 4.0 / 3 })]
    [InlineData("cumsum(x, axis=-1)", new double[] { 1, 3, 6, 4, 9, 15 })]
    [InlineData("hard_sigmoid(x - 1)", new double[] { 0.5, 4.0 / 6, 5.0 / 6, 1, 1, 1 })]
    public void Functions_by_hand(string text, double[] expected)
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        var value = new ExpressionRunner(TensorExpression.Parse(text, ["x"])).Run(new Dictionary<string, Tensor> { ["x"] = x }, x);
        Assert.Equal(expected, value.to(float64).flatten().data<double>().ToArray(), new Near());
    }

    [Fact]
    public void A_metric_means_what_is_written_down()
    {
        using var scope = NewDisposeScope();
        using var metric = MetricTable.Build(Read<MetricSpec>("""{"class_name": "ExpressionMetric", "config": {"expression": "argmax(y_true) == argmax(y_pred)", "direction": "up"}}"""));
        metric.Update(eye(3), tensor(new float[,] { { 1, 0, 0 }, { 0, 0, 1 }, { 0, 0, 1 } }));
        Assert.Equal(2.0 / 3, metric.Result(), 1e-6);
        metric.Reset();
        metric.Update(eye(3), tensor(new float[,] { { 1, 0, 0 }, { 0, 0, 1 }, { 0, 0, 1 } }), tensor(new float[] { 3, 1, 0 }));
        Assert.Equal(3.0 / 4, metric.Result(), 1e-6);
    }

    [Fact]
    public void A_layer_with_weights_is_a_dense_layer()
    {
        using var scope = NewDisposeScope();
        var expression = Read<LayerSpec>("""{"class_name": "ExpressionLayer", "config": {"expression": "relu(matmul(x, kernel) + bias)", "weights": [{"name": "kernel", "shape": [3, 2]}, {"name": "bias", "shape": [2], "initializer": "ones"}]}}""");
        var dense = Read<LayerSpec>("""{"class_name": "Dense", "config": {"units": 2, "activation": "relu", "bias_initializer": "ones"}}""");
        using var first = Build(expression);
        using var second = Build(dense);
        var x = rand(4, 3);
        var (ours, theirs) = (first.Apply(new CallContext(true).For(new KerasTensor(x)))[0].Value, second.Apply(new CallContext(true).For(new KerasTensor(x)))[0].Value);
        Assert.True(ours.allclose(theirs));
        Assert.Equal(second.Weights.Select(weight => weight.Path), first.Weights.Select(weight => weight.Path));
    }

    private static Layer Build(LayerSpec spec) =>
        LayerTable.Build(spec, new LayerContext("layer", new Shape(null, 3), true, new RandomStreams(1), CPU));

    private static T Read<T>(string json) where T : class => ContractsJson.TryRead<T>(JsonElement.Parse(json), out var violations) ?? throw new ArgumentException(violations[0].Message);

    private sealed class Near : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) < 1e-5;

        public int GetHashCode(double value) => 0;
    }
}
