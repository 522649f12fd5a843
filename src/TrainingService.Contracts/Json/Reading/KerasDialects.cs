using System.Text.Json;
using TrainingService.Contracts.Activations;

namespace TrainingService.Contracts.Json.Reading;

/// <summary>The several ways in which Keras 2 and 3 write one thing.</summary>
internal static class KerasDialects
{
    private const string Float32 = "float32";

    /// <summary>Dtypes and dtype policies of Keras, but for the quantized ones.</summary>
    private static readonly string[] Dtypes =
    [
        Float32, "mixed_float16", "mixed_bfloat16", "float16", "bfloat16", "float64", "int64", "int32", "int16", "int8", "uint8", "uint16", "uint32", "bool", "string",
    ];

    /// <summary>Members beside <c>class_name</c> and <c>config</c> that only matter to Python.</summary>
    private static readonly HashSet<string> PythonMembers =
        ["module", "registered_name", "build_config", "compile_config", "shared_object_id", "keras_version", "backend"];

    /// <summary>Whether a member of a Keras object is left unread.</summary>
    public static bool IsPythonMember(string name) => PythonMembers.Contains(name);

    /// <summary><c>{"class_name": "function", "config": "relu"}</c>: Keras 3's way to write a function's name.</summary>
    public static JsonElement? FunctionName(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object
        && json.TryGetProperty("class_name", out var className) && className.ValueKind == JsonValueKind.String && className.ValueEquals("function")
        && json.TryGetProperty("config", out var config) && config.ValueKind == JsonValueKind.String
            ? config
            : null;

    /// <summary>A word, null for linear, or a function object.</summary>
    public static object? ReadActivation(JsonElement json, string pointer, ReadContext context) =>
        json.ValueKind == JsonValueKind.Null ? Activation.Linear
        : FunctionName(json) is { } name ? TextRules.ReadWord(name, typeof(Activation), Pointers.Child(pointer, "config"), context)
        : TextRules.ReadWord(json, typeof(Activation), pointer, context);

    /// <summary>A word, or Keras 3's <c>DTypePolicy</c> object.</summary>
    public static string? ReadDtype(JsonElement json, string pointer, ReadContext context)
    {
        if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty("config", out var config) && config.ValueKind == JsonValueKind.Object
            && config.TryGetProperty("name", out var name))
        {
            return ReadDtype(name, $"{pointer}/config/name", context);
        }
        if (json.ValueKind != JsonValueKind.String)
        {
            context.Add(pointer, ViolationCodes.WrongType, $"expected a dtype such as \"{Float32}\", or a DTypePolicy object. Received: {Received.Text(json)}.");
            return null;
        }
        if (json.GetString() is { } word && Dtypes.Contains(word))
            return word;
        context.Add(
            pointer, ViolationCodes.UnsupportedValue, $"expected a dtype: one of {Received.Words(Dtypes)}. Received: {Received.Text(json)}.",
            context.IsFull ? null : NearMiss.Hint(json.GetString()!, Dtypes));
        return null;
    }

    /// <summary>A model inside the file that TensorFlow.js keeps it in (<c>model.json</c>), or inside what an HDF5 file holds.</summary>
    public static (JsonElement Json, string Pointer) Unwrap(JsonElement json, string pointer)
    {
        foreach (var member in (ReadOnlySpan<string>)["modelTopology", "model_config"])
        {
            if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty(member, out var inner) && inner.ValueKind == JsonValueKind.Object)
                (json, pointer) = (inner, Pointers.Child(pointer, member));
        }
        return (json, pointer);
    }

    /// <summary>The shape that Keras 2 wrote into the first layer when there was no InputLayer to say it, or null.</summary>
    public static JsonElement? FirstLayerInputShape(JsonElement layers) =>
        layers.ValueKind == JsonValueKind.Array && layers.GetArrayLength() > 0
        && layers[0].ValueKind == JsonValueKind.Object
        && layers[0].TryGetProperty("class_name", out var className) && !(className.ValueKind == JsonValueKind.String && className.ValueEquals("InputLayer"))
        && layers[0].TryGetProperty("config", out var config) && config.ValueKind == JsonValueKind.Object
        && config.TryGetProperty("batch_input_shape", out var shape) && shape.ValueKind != JsonValueKind.Null
            ? shape
            : null;
}
