using System.Text.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Json.Reading;

/// <summary>Arguments of calls as Keras writes them: tensors by their history, slices, arrays, lists, dicts and plain values.</summary>
internal sealed class CallValueReader(ReadContext context)
{
    private static readonly ValueRules AnyShape = ValueRules.None;

    /// <summary>Keras 3: a tensor is an object <c>__keras_tensor__</c>.</summary>
    public CallValue Read(JsonElement json, string pointer) => json.ValueKind switch
    {
        JsonValueKind.Array => new CallList([.. json.EnumerateArray().Select((item, index) => Read(item, Pointers.Child(pointer, index)))]),
        JsonValueKind.Object => ReadObject(json, pointer),
        _ => Plain(json),
    };

    /// <summary>Keras 2: a tensor is a list of a name and two numbers.</summary>
    public CallValue ReadLegacy(JsonElement json, string pointer) => json.ValueKind switch
    {
        JsonValueKind.Array when IsReference(json) => Reference(json),
        JsonValueKind.Array => new CallList([.. json.EnumerateArray().Select((item, index) => ReadLegacy(item, Pointers.Child(pointer, index)))]),
        JsonValueKind.Object when json.TryGetProperty("class_name", out _) => ReadObject(json, pointer),
        JsonValueKind.Object => Table(json, pointer, ReadLegacy),
        _ => Plain(json),
    };

    /// <summary>The model's inputs or outputs: one tensor <c>["dense", 0, 0]</c>, or lists and dicts of them.</summary>
    public CallValue ReadEnds(JsonElement json, string pointer)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Array when IsReference(json):
                return Reference(json);
            case JsonValueKind.Array:
                return new CallList([.. json.EnumerateArray().Select((item, index) => ReadEnds(item, Pointers.Child(pointer, index)))]);
            case JsonValueKind.Object:
                return Table(json, pointer, ReadEnds);
            default:
                context.Add(pointer, ViolationCodes.WrongType, $"expected a tensor as [\"layer\", 0, 0], or a list or dict of them. Received: {Received.Text(json)}.");
                return CallValue.None;
        }
    }

    /// <summary>Whether it is a tensor as <c>["dense", 0, 0]</c>, perhaps with keyword arguments.</summary>
    public static bool IsReference(JsonElement json) =>
        json.ValueKind == JsonValueKind.Array && json.GetArrayLength() is 3 or 4 && json[0].ValueKind == JsonValueKind.String
        && json[1].ValueKind == JsonValueKind.Number && json[1].TryGetInt32(out _) && json[2].ValueKind == JsonValueKind.Number && json[2].TryGetInt32(out _)
        && (json.GetArrayLength() == 3 || json[3].ValueKind == JsonValueKind.Object);

    public static TensorRef Reference(JsonElement json) => new(json[0].GetString()!, json[1].GetInt32(), json[2].GetInt32());

    public static CallConstant Plain(JsonElement json) => new(json.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => json.TryGetInt64(out var whole) ? (object)whole : json.GetDouble(),
        _ => null,
    });

    private static CallTable Table(JsonElement json, string pointer, Func<JsonElement, string, CallValue> read) =>
        new([.. json.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal)
            .Select(member => KeyValuePair.Create(member.Name, read(member.Value, Pointers.Child(pointer, member.Name))))]);

    private CallValue ReadObject(JsonElement json, string pointer)
    {
        if (!json.TryGetProperty("class_name", out var className) || !json.TryGetProperty("config", out var config))
            return Table(json, pointer, Read);
        var name = className.ValueKind == JsonValueKind.String ? className.GetString() : null;
        var place = Pointers.Child(pointer, "config");
        return name switch
        {
            "__keras_tensor__" => ReadTensor(config, place),
            "__slice__" when config.ValueKind == JsonValueKind.Object => new CallSlice(Edge("start"), Edge("stop"), Edge("step")),
            "__ellipsis__" => new CallEllipsis(),
            "__tensor__" or "__numpy__" => ReadArray(config, place),
            "DTypePolicy" when config.ValueKind == JsonValueKind.Object && config.TryGetProperty("name", out var policy) => Plain(policy),
            _ => Refuse(pointer, $"expected a tensor, a slice, an array or a plain value. Received: an object \"{name}\"."),
        };

        long? Edge(string edge) => config.TryGetProperty(edge, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
    }

    private CallValue ReadTensor(JsonElement config, string pointer)
    {
        if (config.ValueKind != JsonValueKind.Object || !config.TryGetProperty("keras_history", out var history) || !IsReference(history))
            return Refuse(pointer, "expected the tensor's keras_history, as [\"layer\", 0, 0].");
        var shape = config.TryGetProperty("shape", out var sizes) && sizes.ValueKind == JsonValueKind.Array
            ? ShapeRules.ReadShape(sizes, AnyShape, Pointers.Child(pointer, "shape"), context) : null;
        var dtype = config.TryGetProperty("dtype", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "float32";
        return Reference(history) with { Shape = shape, Dtype = dtype };
    }

    private CallValue ReadArray(JsonElement config, string pointer)
    {
        if (config.ValueKind != JsonValueKind.Object || !config.TryGetProperty("value", out var value))
            return Refuse(pointer, "expected the array's value.");
        List<long?> sizes = [];
        for (var level = value; level.ValueKind == JsonValueKind.Array && level.GetArrayLength() > 0; level = level[0])
            sizes.Add(level.GetArrayLength());
        List<double> values = [];
        if (!Flatten(value, sizes, 0, values))
            return Refuse(pointer, "expected numbers in nested lists of equal lengths.");
        var dtype = config.TryGetProperty("dtype", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "float32";
        return new CallArray(new Shape(sizes), values, dtype);
    }

    private static bool Flatten(JsonElement json, List<long?> sizes, int level, List<double> values)
    {
        if (level == sizes.Count)
        {
            if (json.ValueKind is not (JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False))
                return false;
            values.Add(json.ValueKind == JsonValueKind.Number ? json.GetDouble() : json.ValueKind == JsonValueKind.True ? 1 : 0);
            return true;
        }
        return json.ValueKind == JsonValueKind.Array && json.GetArrayLength() == sizes[level]
            && json.EnumerateArray().All(item => Flatten(item, sizes, level + 1, values));
    }

    private CallValue Refuse(string pointer, string message)
    {
        context.Add(pointer, ViolationCodes.UnsupportedValue, message);
        return CallValue.None;
    }
}
