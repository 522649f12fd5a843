using System.Text.Json;
using TrainingService.Conformance;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Optimizers;
using TrainingService.Contracts.Shapes;
using TrainingService.Contracts.Tests.Layers;
using TrainingService.Engine.Losses;
using TrainingService.Engine.Models;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Tests.Layers;
using TrainingService.Engine.Tests.Training;
using static TorchSharp.torch;

namespace TrainingService.Engine.Tests.Oracle;

/// <summary>The numbers of PyTorch, which <c>make_oracle.py</c> wrote, for everything that has an exact counterpart there.</summary>
[Collection(TrainingCollection.Name)]
public sealed class OracleTests
{
    private const double Tolerance = 1e-5;

    private static readonly Dictionary<string, JsonElement> Cases = Read();

    public static TheoryData<string> Layers => Of("layer");

    public static TheoryData<string> Losses => Of("loss");

    public static TheoryData<string> Optimizers => Of("optimizer");

    [Theory, MemberData(nameof(Layers))]
    public void Outputs_and_gradients_of_a_layer_are_those_of_PyTorch(string id)
    {
        var given = Cases[id];
        var named = given.GetProperty("named").EnumerateObject().ToList();
        var tensors = given.GetProperty("inputs").EnumerateArray().Concat(named.Select(argument => argument.Value)).ToList();
        var sample = new LayerSample(Spec<LayerSpec>(given), [.. given.GetProperty("inputs").EnumerateArray().Select(ShapeOf)])
        {
            Named = [.. named.Select(argument => (argument.Name, ShapeOf(argument.Value)))],
            Below = given.Has("below", out var below) ? below.GetInt32() : null,
        };
        using var scope = NewDisposeScope();
        using var built = new BuiltSample(sample, float64);
        var weights = given.GetProperty("weights");
        Assert.Equal(weights.EnumerateObject().Select(weight => weight.Name).Order(), built.Layer.Weights.Select(weight => weight.Name).Order());
        using (no_grad())
        {
            foreach (var weight in built.Layer.Weights)
                weight.Assign(Values(weights.GetProperty(weight.Name)));
            foreach (var (tensor, values) in built.Tensors.Zip(tensors))
                tensor.copy_(Values(values));
        }
        foreach (var input in built.Tensors.Where(input => input.is_floating_point()))
            input.requires_grad_(true);

        var output = Assert.Single(built.Call(given.GetProperty("training").GetBoolean()));
        Close(given.GetProperty("output"), output, "output");

        (output * Values(given.GetProperty("cotangent"))).sum().backward();
        foreach (var (input, gradient) in built.Tensors.Zip(given.GetProperty("input_gradients").EnumerateArray()).Where(pair => pair.Second.ValueKind != JsonValueKind.Null))
            Close(gradient, input.grad, "gradient of an input");
        var gradients = given.GetProperty("weight_gradients");
        Assert.Equal(gradients.EnumerateObject().Select(weight => weight.Name).Order(), built.Trained.Select(weight => weight.Name).Order());
        foreach (var weight in built.Trained)
            Close(gradients.GetProperty(weight.Name), weight.Value.grad, $"gradient of {weight.Name}");
    }

    [Theory, MemberData(nameof(Losses))]
    public void Values_and_gradients_of_a_loss_are_those_of_PyTorch(string id)
    {
        var given = Cases[id];
        using var scope = NewDisposeScope();
        var labels = Values(given.GetProperty("labels"));
        var outputs = Values(given.GetProperty("outputs")).requires_grad_(true);
        var value = LossTable.Build(Spec<LossSpec>(given)).Call(given.GetProperty("whole").GetBoolean() ? labels.to(int64) : labels, outputs);
        Assert.Equal(given.GetProperty("value").GetDouble(), value.item<double>(), Tolerance);
        value.backward();
        Close(given.GetProperty("gradient"), outputs.grad, "gradient");
    }

    [Theory, MemberData(nameof(Optimizers))]
    public void Steps_of_an_optimizer_are_those_of_PyTorch(string id)
    {
        var given = Cases[id];
        using var scope = NewDisposeScope();
        var weights = given.GetProperty("initial").EnumerateArray().Select((values, index) => new Weight(
            $"weight_{index}", new WeightSpec($"weight_{index}", ShapeOf(values), new Zeros()), trainable: true, Values(values).to(float32))).ToList();
        using var parameters = new ParameterBuffer(weights, CPU);
        using var optimizer = OptimizerTable.Build(Spec<OptimizerSpec>(given), parameters);
        foreach (var step in given.GetProperty("steps").EnumerateArray())
        {
            using (no_grad())
            {
                foreach (var (weight, gradient) in weights.Zip(step.GetProperty("gradients").EnumerateArray()))
                    weight.Value.grad!.copy_(Values(gradient));
            }
            optimizer.Step();
            foreach (var (weight, values) in weights.Zip(step.GetProperty("values").EnumerateArray()))
                Close(values, weight.Value, weight.Name);
        }
        weights.ForEach(weight => weight.Dispose());
    }

    private static T Spec<T>(JsonElement given) where T : KerasSpec
    {
        var spec = ContractsJson.TryRead<T>(given.GetProperty("spec"), out var violations);
        Assert.Empty(violations);
        return spec!;
    }

    private static void Close(JsonElement expected, Tensor? received, string what)
    {
        Assert.True(received is not null, $"expected a {what}");
        Assert.Equal(ShapeOf(expected), new Shape(received.shape.Select(size => (long?)size)));
        var values = Values(expected);
        var error = ((values - received.to(float64)).abs() / values.abs().clamp_min(1)).max().item<double>();
        Assert.True(error <= Tolerance, $"{what}: {error} off"); // not a number is off too
    }

    private static Shape ShapeOf(JsonElement tensor) => new(tensor.GetProperty("shape").EnumerateArray().Select(size => (long?)size.GetInt64()));

    private static Tensor Values(JsonElement json) =>
        tensor(json.GetProperty("data").EnumerateArray().Select(number => number.GetDouble()).ToArray(), [.. ShapeOf(json).Select(size => size!.Value)], dtype: float64);

    private static TheoryData<string> Of(string kind) => [.. Cases.Where(given => given.Value.GetProperty("kind").GetString() == kind).Select(given => given.Key)];

    private static Dictionary<string, JsonElement> Read()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Oracle", "oracle.json")));
        return document.RootElement.GetProperty("cases").EnumerateArray().ToDictionary(given => given.GetProperty("id").GetString()!, given => given.Clone());
    }
}
