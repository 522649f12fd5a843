using System.Text.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;

namespace TrainingService.Contracts.Json.Reading;

/// <summary>Reads the config of a Functional model, as Keras 3, Keras 2 and TensorFlow.js write it.</summary>
internal sealed class GraphReader(SpecReader reader, ReadContext context)
{
    private const int MostLayers = 10_000;

    private static readonly HashSet<string> Members = ["name", "trainable", "dtype", "layers", "input_layers", "output_layers"];
    private static readonly string[] EntryMembers = ["name", "inbound_nodes"];

    private readonly CallValueReader _values = new(context);

    /// <summary>Whether a node of this model was written by Keras 3.</summary>
    private bool _keras3;

    /// <param name="config">The config.</param>
    /// <param name="pointer">Where it stands.</param>
    /// <returns>The model, or null after a violation.</returns>
    public Functional? Read(JsonElement config, string pointer)
    {
        if (config.ValueKind != JsonValueKind.Object)
        {
            context.Add(pointer, ViolationCodes.WrongType, $"expected an object with layers. Received: {Received.Text(config)}.");
            return null;
        }
        foreach (var member in config.EnumerateObject().Where(member => !Members.Contains(member.Name)))
            reader.RefuseUnknown(Pointers.Child(pointer, member.Name), member.Name, Members);
        var layers = Required(config, "layers", pointer) is { } list ? ReadLayers(list, Pointers.Child(pointer, "layers")) : null;
        var inputs = Required(config, "input_layers", pointer) is { } entrances ? _values.ReadEnds(entrances, Pointers.Child(pointer, "input_layers")) : null;
        var outputs = Required(config, "output_layers", pointer) is { } exits ? _values.ReadEnds(exits, Pointers.Child(pointer, "output_layers")) : null;
        if (layers is null || inputs is null || outputs is null)
            return null;
        var rebased = NodeNumbers.Rebase(layers, outputs, _keras3);
        return new Functional(rebased.Layers, inputs, rebased.Outputs)
        {
            Name = Field(config, "name", pointer, nameof(LayerSpec.Name)) as string,
            Trainable = Field(config, "trainable", pointer, nameof(LayerSpec.Trainable)) as bool? ?? true,
            Dtype = Field(config, "dtype", pointer, nameof(LayerSpec.Dtype)) as string ?? "float32",
        };
    }

    private JsonElement? Required(JsonElement config, string name, string pointer)
    {
        if (config.TryGetProperty(name, out var value))
            return value;
        context.Add(Pointers.Child(pointer, name), ViolationCodes.Required, $"expected \"{name}\" of a Functional model. Received: no field \"{name}\".");
        return null;
    }

    private object? Field(JsonElement config, string name, string pointer, string property) =>
        config.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? reader.Read(value, typeof(LayerSpec).GetProperty(property)!.PropertyType, Pointers.Child(pointer, name), RecordShape.Of(typeof(Sequential)).Find(name)!.Rules)
            : null;

    private List<GraphLayer>? ReadLayers(JsonElement json, string pointer)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() is 0 or > MostLayers)
        {
            context.Add(
                pointer, json.ValueKind == JsonValueKind.Array && json.GetArrayLength() > 0 ? ViolationCodes.TooMany : ViolationCodes.WrongType,
                $"expected a list of 1 to {MostLayers} layers. Received: {(json.ValueKind == JsonValueKind.Array ? $"{json.GetArrayLength()} entries" : Received.Text(json))}.");
            return null;
        }
        List<GraphLayer> layers = [];
        var sound = true;
        var index = 0;
        foreach (var entry in json.EnumerateArray())
        {
            var layer = ReadLayer(entry, Pointers.Child(pointer, index++));
            sound &= layer is not null;
            if (layer is not null)
                layers.Add(layer);
        }
        return sound ? layers : null;
    }

    private GraphLayer? ReadLayer(JsonElement entry, string pointer)
    {
        if (entry.ValueKind != JsonValueKind.Object)
        {
            context.Add(pointer, ViolationCodes.WrongType, $"expected a layer with its inbound_nodes. Received: {Received.Text(entry)}.");
            return null;
        }
        var before = context.Count;
        var spec = new OperationReader(context).Read(entry, pointer)
            ?? new KerasObjects(reader, context).Read(entry, KerasCatalog.Layers, typeof(LayerSpec), pointer, EntryMembers) as LayerSpec;
        var nodes = entry.TryGetProperty("inbound_nodes", out var inbound) ? ReadNodes(inbound, spec, Pointers.Child(pointer, "inbound_nodes")) : [];
        if (spec is null)
            return null;
        // The name beside the config is the one that inbound_nodes use.
        if (entry.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String && name.GetString() != spec.Name
            && reader.Read(name, typeof(string), Pointers.Child(pointer, "name"), RecordShape.Of(typeof(Sequential)).Find("name")!.Rules) is string text)
        {
            var renamed = spec with { Name = text };
            context.Remember(renamed, pointer, Pointers.Child(pointer, "config"), context.Count == before);
            spec = renamed;
        }
        return new GraphLayer(spec, nodes);
    }

    private List<NodeSpec> ReadNodes(JsonElement json, LayerSpec? layer, string pointer)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            context.Add(pointer, ViolationCodes.WrongType, $"expected a list of calls. Received: {Received.Text(json)}.");
            return [];
        }
        return [.. json.EnumerateArray().Select((node, index) => ReadNode(node, layer, Pointers.Child(pointer, index)))];
    }

    private NodeSpec ReadNode(JsonElement node, LayerSpec? layer, string pointer)
    {
        if (node.ValueKind == JsonValueKind.Object && node.TryGetProperty("args", out var args) && node.TryGetProperty("kwargs", out var kwargs)
            && args.ValueKind == JsonValueKind.Array && kwargs.ValueKind == JsonValueKind.Object)
        {
            _keras3 = true;
            return new NodeSpec(
                [.. args.EnumerateArray().Select((value, index) => _values.Read(value, $"{pointer}/args/{index}"))],
                kwargs.EnumerateObject().DistinctBy(member => member.Name)
                    .ToDictionary(member => member.Name, member => _values.Read(member.Value, Pointers.Child($"{pointer}/kwargs", member.Name)), StringComparer.Ordinal));
        }
        return LegacyNodes.Read(node, layer, pointer, _values, context);
    }
}
