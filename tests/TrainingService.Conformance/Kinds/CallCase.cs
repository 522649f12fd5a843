using System.Text.Json;
using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Layers;

namespace TrainingService.Conformance.Kinds;

/// <summary>A layer's call as a case writes it: positional arguments, arguments by name, masks.</summary>
internal sealed class CallCase
{
    private readonly List<KerasTensor> _read = [];

    public CallCase(LayerSpec spec, JsonElement args, JsonElement kwargs, JsonElement? masks = null)
    {
        var positional = args.EnumerateArray().Select(Argument).ToList();
        var named = kwargs.EnumerateObject().ToDictionary(member => member.Name, member => Argument(member.Value));
        Form = CallForm.Bind(spec.CallParameters, positional, named, out var order);
        Tensors = [.. order.Select(number => _read[number])];
        // Masks stand in Keras's order of flattening: positional arguments, then names in alphabetical order; null for an argument without one.
        foreach (var (mask, leaf) in (masks is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().ToList() : []).Zip(
            positional.Concat(named.OrderBy(argument => argument.Key, StringComparer.Ordinal).Select(argument => argument.Value)).SelectMany(value => value.Leaves())))
        {
            if (leaf is CallTensor tensor && mask.ValueKind != JsonValueKind.Null)
            {
                var index = order.ToList().IndexOf(tensor.Index);
                Tensors[index] = Tensors[index] with { Mask = Conformance.Tensors.Read(mask) };
            }
        }
        var shapes = Tensors.Select(tensor => ShapeOf(tensor.Value)).ToList();
        InputShapes = [.. shapes.Take(Form.Inputs)];
        Call = new CallSpec(Form, shapes);
    }

    public CallForm Form { get; }

    public KerasTensor[] Tensors { get; }

    public IReadOnlyList<Shape> InputShapes { get; }

    public CallSpec Call { get; }

    public static Shape ShapeOf(torch.Tensor tensor) => new(tensor.shape.Select(size => (long?)size));

    /// <summary>The expected tensors, lists and dicts opened in Keras's order.</summary>
    public static IEnumerable<torch.Tensor> Flatten(JsonElement expected) => expected.ValueKind switch
    {
        JsonValueKind.Array => expected.EnumerateArray().SelectMany(Flatten),
        JsonValueKind.Object when expected.TryGetProperty("dict", out var dict) =>
            dict.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal).SelectMany(member => Flatten(member.Value)),
        _ => [Conformance.Tensors.Read(expected)],
    };

    private CallValue Argument(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object when json.TryGetProperty("tensor", out _):
                _read.Add(new KerasTensor(Conformance.Tensors.Read(json)));
                return new CallTensor(_read.Count - 1);
            case JsonValueKind.Object:
                var members = json.TryGetProperty("dict", out var dict) ? dict : json;
                return new CallTable([.. members.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal)
                    .Select(member => KeyValuePair.Create(member.Name, Argument(member.Value)))]);
            case JsonValueKind.Array:
                return new CallList([.. json.EnumerateArray().Select(Argument)]);
            case JsonValueKind.True or JsonValueKind.False:
                return new CallConstant(json.GetBoolean());
            case JsonValueKind.Number:
                return new CallConstant(json.TryGetInt64(out var whole) ? (object)whole : json.GetDouble());
            case JsonValueKind.String:
                return new CallConstant(json.GetString());
            default:
                return CallValue.None;
        }
    }
}
