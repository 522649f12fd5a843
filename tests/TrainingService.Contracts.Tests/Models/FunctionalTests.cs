using System.Text.Json;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Tests.Models;

/// <summary>Graphs in Keras's dialects, and graphs that make no sense.</summary>
public sealed class FunctionalTests
{
    private const string Input = """{"class_name": "InputLayer", "config": {"batch_shape": [null, 4], "name": "x"}, "name": "x", "inbound_nodes": []}""";

    [Fact]
    public void A_shared_layer_has_its_weights_once()
    {
        var walk = Walk(Graph([Input, Dense("d", 4, "x", "d"), Dense("out", 2, "d:1")], "out"));
        Assert.Equal(30, walk.Summary().TotalParams);
        Assert.Equal([0, 1, 2], walk.Calls.Select(call => call.Tensors[0]));
    }

    [Fact]
    public void Layers_may_stand_in_any_order()
    {
        var walk = Walk(Graph([Dense("out", 2, "d"), Dense("d", 3, "x"), Input], "out"));
        Assert.Equal(["out", "d", "x"], walk.Summary().Layers.Select(layer => layer.Name));
        Assert.Equal(new Shape(null, 2), walk.Output);
        Assert.Equal([1, 0], walk.Calls.Select(call => call.Step));
    }

    [Fact]
    public void Ten_thousand_layers_in_a_row_and_backwards_are_walked()
    {
        var chain = Enumerable.Range(0, 9_999).Select(i => Flatten($"f{i}", i == 0 ? "x" : $"f{i - 1}")).Reverse();
        Assert.Equal(9_999, Walk(Graph([.. chain, Input], "f9998")).Calls.Count);
    }

    [Fact]
    public void Operations_of_keras_ops_and_of_TensorFlow_are_read()
    {
        const string Multiply = """{"module": "keras.src.ops.numpy", "class_name": "Multiply", "config": {"name": "m"}, "name": "m", "registered_name": "Multiply", "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 4], "dtype": "float32", "keras_history": ["x", 0, 0]}}, 2.0], "kwargs": {}}]}""";
        const string Add = """{"class_name": "TFOpLambda", "config": {"name": "tf.math.add", "function": "math.add"}, "name": "tf.math.add", "inbound_nodes": [["m", 0, 0, {"y": ["x", 0, 0], "name": null}]]}""";
        const string Mean = """{"class_name": "TFOpLambda", "config": {"name": "mean", "function": "math.reduce_mean"}, "name": "mean", "inbound_nodes": [["tf.math.add", 0, 0, {"axis": 1, "keepdims": true}]]}""";
        Assert.Equal(new Shape(null, 1), Walk(Graph([Input, Multiply, Add, Mean], "mean")).Output);
    }

    [Fact]
    public void Indexing_has_the_shapes_of_Python()
    {
        const string GetItem = """{"module": "keras.src.ops.numpy", "class_name": "GetItem", "config": {"name": "g"}, "name": "g", "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 4], "dtype": "float32", "keras_history": ["x", 0, 0]}}, [{"class_name": "__slice__", "config": {"start": null, "stop": null, "step": null}}, null, {"class_name": "__slice__", "config": {"start": 1, "stop": null, "step": 2}}]], "kwargs": {}}]}""";
        Assert.Equal(new Shape(null, 1, 2), Walk(Graph([Input, GetItem], "g")).Output);
    }

    [Fact]
    public void A_model_may_stand_in_a_model()
    {
        var inner = Graph([Input, Dense("d", 3, "x")], "d").Replace("\"config\": {\"name\": \"graph\"", "\"config\": {\"name\": \"inner\"", StringComparison.Ordinal);
        var entry = $$"""{{inner[..^1]}}, "name": "inner", "inbound_nodes": [{{Node("x")}}]}""";
        var walk = Walk($$"""{"class_name": "Functional", "config": {"name": "graph", "layers": [{{Input}}, {{entry}}], "input_layers": ["x", 0, 0], "output_layers": ["inner", 1, 0]} }""");
        Assert.Equal(15, walk.Summary().TotalParams);
        Assert.Equal(["d/kernel", "d/bias"], walk.Steps[1].Weights.Select(weight => weight.Name));
        var text = JsonSerializer.Serialize(walk.Model, ContractsJson.Options);
        Assert.Contains("\"output_layers\":[\"inner\",1,0]", text);
        Assert.Equal(text, JsonSerializer.Serialize(Read(text), ContractsJson.Options));
    }

    public static TheoryData<string, string, string> Senseless() => new()
    {
        { "a cycle", Graph([Input, Dense("a", 4, "b"), Dense("b", 4, "a")], "b"), "without cycles" },
        { "an unknown layer", Graph([Input, Dense("a", 4, "nobody")], "a"), "Received: \"nobody\"" },
        { "a call that is not made", Graph([Input, Dense("a", 4, "x:3")], "a"), "expected one of the 1 calls of \"x\"" },
        { "an output that is not there", Graph([Input, Dense("a", 4, "x")], "a").Replace("[\"a\", 0, 0]", "[\"a\", 0, 1]", StringComparison.Ordinal), "is no output of the graph" },
        { "an output of nobody", Graph([Input, Dense("a", 4, "x")], "b"), "expected a layer that the model's outputs need" },
        { "two layers of one name", Graph([Input, Dense("a", 4, "x"), Dense("a", 4, "x")], "a"), "expected a name that no other layer has" },
        { "no InputLayer", Graph([Dense("x", 4, "y"), Dense("y", 4, "x")], "y"), "expected an InputLayer of the model" },
        { "a layer that leads nowhere", Graph([Input, Dense("a", 4, "x"), Dense("b", 4, "x")], "a"), "leads to none of them" },
        { "a layer that is never called", Graph([Input, """{"class_name": "Dense", "config": {"units": 2}, "name": "a", "inbound_nodes": []}"""], "a"), "at least one call" },
        { "calls that need other weights", Graph([Input, Dense("a", 3, "x", "a")], "a"), "for which its weights are made" },
    };

    [Theory, MemberData(nameof(Senseless))]
    public void A_graph_that_makes_no_sense_is_refused(string what, string json, string message)
    {
        var refused = Assert.ThrowsAny<Exception>(() => Walk(json));
        Assert.True(refused is LayerException or SpecException, $"{what}: {refused}");
        Assert.Contains(message, refused.Message);
    }

    [Theory]
    [InlineData("""{"class_name": "Functional", "config": {"layers": [], "input_layers": [], "output_layers": []}}""", "/config/layers")]
    [InlineData("""{"class_name": "Functional", "config": {"layers": [{"class_name": "Flatten", "config": {}, "name": "f", "inbound_nodes": 3}], "input_layers": ["f", 0, 0], "output_layers": 7}}""", "/config/layers/0/inbound_nodes")]
    [InlineData("""{"class_name": "Functional", "config": {"layers": [3], "input_layers": ["f", 0, 0], "output_layers": ["f", 0, 0]}}""", "/config/layers/0")]
    [InlineData("""{"class_name": "Functional", "config": 1}""", "/config")]
    [InlineData("""{"class_name": "Functional", "config": {"layers": [{"module": "keras.src.ops.linalg", "class_name": "Cholesky", "config": {}, "name": "c", "inbound_nodes": []}], "input_layers": ["c", 0, 0], "output_layers": ["c", 0, 0]}}""", "/config/layers/0/class_name")]
    public void What_cannot_be_read_is_refused_where_it_stands(string json, string pointer)
    {
        Assert.Null(ContractsJson.TryRead<ModelSpec>(Samples.Raw(json), out var violations));
        Assert.Equal(pointer, violations[0].Pointer);
    }

    private static ModelWalk Walk(string json) => ModelWalk.Through(Read(json));

    private static ModelSpec Read(string json)
    {
        var model = ContractsJson.TryRead<ModelSpec>(Samples.Raw(json), out var violations);
        Assert.Empty(violations);
        return model!;
    }

    private static string Graph(IEnumerable<string> layers, string output) =>
        $$"""{"class_name": "Functional", "config": {"name": "graph", "layers": [{{string.Join(", ", layers)}}], "input_layers": ["x", 0, 0], "output_layers": ["{{output}}", 0, 0]} }""";

    private static string Dense(string name, int units, params string[] inputs) => Layer("Dense", $"\"units\": {units}", name, inputs);

    private static string Flatten(string name, string input) => Layer("Flatten", "\"data_format\": \"channels_last\"", name, input);

    private static string Layer(string className, string field, string name, params string[] inputs) =>
        $$"""{"class_name": "{{className}}", "config": {"name": "{{name}}", {{field}} }, "name": "{{name}}", "inbound_nodes": [{{string.Join(", ", inputs.Select(Node))}}]}""";

    /// <summary>A call with the output of a layer's first call, or of another one: <c>dense:1</c>.</summary>
    private static string Node(string input)
    {
        var parts = input.Split(':');
        return $$$"""{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 4], "dtype": "float32", "keras_history": ["{{{parts[0]}}}", {{{(parts.Length > 1 ? parts[1] : "0")}}}, 0]}}], "kwargs": {}}""";
    }
}
