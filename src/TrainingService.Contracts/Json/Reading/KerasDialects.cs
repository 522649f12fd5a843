using System.Text.Json;
using TrainingService.Contracts.Activations;

namespace TrainingService.Contracts.Json.Reading;

/// <summary>The several ways in which Keras 2 and 3 write one thing.</summary>
internal static class KerasDialects
{
    private const string Float32 = "float32";

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

    /// <summary>A word, or Keras 3's <c>DTypePolicy</c> object; only float32.</summary>
    public static string? ReadDtype(JsonElement json, string pointer, ReadContext context)
    {
        if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty("config", out var config) && config.ValueKind == JsonValueKind.Object
            && config.TryGetProperty("name", out var name))
        {
            return ReadDtype(name, $"{pointer}/config/name", context);
        }
        if (json.ValueKind != JsonValueKind.String)
        {
            context.Add(pointer, ViolationCodes.WrongType, $"expected \"{Float32}\" or a DTypePolicy object. Received: {Received.Text(json)}.");
            return null;
        }
        if (json.ValueEquals(Float32))
            return Float32;
        context.Add(pointer, ViolationCodes.UnsupportedValue, $"this engine computes in \"{Float32}\" only. Received: {Received.Text(json)}.");
        return null;
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
