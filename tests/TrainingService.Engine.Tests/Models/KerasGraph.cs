using System.Text.Json.Nodes;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Engine.Tests.Models;

/// <summary>A tensor of a graph that is being written: the layer it comes from, and its shape with the batch axis.</summary>
internal sealed record Node(string Layer, int Tensor, params long?[] Shape)
{
    public string Dtype { get; init; } = "float32";

    public long Channels => Shape[^1]!.Value;
}

/// <summary>
/// Writes a functional model as Keras 3 saves it, and keeps account of the shapes and parameters that the architecture has: by arithmetic of its
/// own, so that a model's dry run is compared with something else than itself.
/// </summary>
internal sealed class KerasGraph(string name)
{
    private readonly JsonArray _layers = [], _inputs = [];
    private readonly Dictionary<string, int> _names = [];

    public List<(string Layer, Shape Output, long Params)> Layers { get; } = [];

    public long Params => Layers.Sum(layer => layer.Params);

    public Node Input(string name, string dtype, params long?[] shape)
    {
        var config = new JsonObject { ["batch_shape"] = Sizes(shape), ["dtype"] = dtype, ["sparse"] = false, ["name"] = name };
        Write("keras.layers", "InputLayer", name, config, []);
        _inputs.Add(new JsonArray(name, 0, 0));
        Layers.Add((name, new Shape(shape), 0));
        return new Node(name, 0, shape) { Dtype = dtype };
    }

    /// <summary>A layer of one output.</summary>
    public Node Layer(string className, string config, long?[] shape, long parameters, params Node[] inputs) =>
        Layer(className, config, [shape], parameters, inputs.Length == 1 ? Tensor(inputs[0]) : new JsonArray([.. inputs.Select(Tensor)]))[0];

    /// <summary>A layer that is called with more than its inputs.</summary>
    public Node[] Layer(string className, string config, long?[][] shapes, long parameters, JsonNode first, string kwargs = "{}", params (string Name, JsonNode Value)[] named)
    {
        var (layer, fields, arguments) = (Name(className), JsonNode.Parse(config)!.AsObject(), JsonNode.Parse(kwargs)!.AsObject());
        fields["name"] = layer;
        foreach (var (argument, value) in named)
            arguments[argument] = value;
        Write("keras.layers", className, layer, fields, [new JsonObject { ["args"] = new JsonArray(first), ["kwargs"] = arguments }]);
        Layers.Add((layer, new Shape(shapes[0]), parameters));
        return [.. shapes.Select((shape, index) => new Node(layer, index, shape))];
    }

    /// <summary>The mask that <c>Embedding(mask_zero=True)</c> makes, as Keras 3 writes it beside the embedding.</summary>
    public Node NotZero(Node tokens)
    {
        var layer = Name("NotEqual");
        Write("keras.src.ops.numpy", "NotEqual", layer, new JsonObject { ["name"] = layer }, [new JsonObject { ["args"] = new JsonArray(Tensor(tokens), 0), ["kwargs"] = new JsonObject() }]);
        return new Node(layer, 0, tokens.Shape) { Dtype = "bool" };
    }

    public static JsonNode Tensor(Node node) => new JsonObject
    {
        ["class_name"] = "__keras_tensor__",
        ["config"] = new JsonObject { ["shape"] = Sizes(node.Shape), ["dtype"] = node.Dtype, ["keras_history"] = new JsonArray(node.Layer, 0, node.Tensor) },
    };

    public string Json(params Node[] outputs) => new JsonObject
    {
        ["module"] = "keras.src.models.functional",
        ["class_name"] = "Functional",
        ["config"] = new JsonObject
        {
            ["name"] = name, ["trainable"] = true, ["layers"] = _layers.DeepClone(), ["input_layers"] = _inputs.DeepClone(),
            ["output_layers"] = new JsonArray([.. outputs.Select(output => new JsonArray(output.Layer, 0, output.Tensor))]),
        },
        ["registered_name"] = "Functional",
    }.ToJsonString();

    private void Write(string module, string className, string layer, JsonObject config, JsonArray nodes) => _layers.Add(new JsonObject
    {
        ["module"] = module, ["class_name"] = className, ["config"] = config,
        ["registered_name"] = module == "keras.layers" ? null : className, ["name"] = layer, ["inbound_nodes"] = nodes,
    });

    private string Name(string className)
    {
        var first = KerasKind.SnakeCase(className);
        var count = _names[first] = _names.GetValueOrDefault(first) + 1;
        return count == 1 ? first : $"{first}_{count - 1}";
    }

    private static JsonArray Sizes(long?[] shape) => new([.. shape.Select(size => JsonValue.Create(size))]);
}
