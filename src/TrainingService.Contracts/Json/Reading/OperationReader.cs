using System.Text.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Operations;

namespace TrainingService.Contracts.Json.Reading;

/// <summary>Entries of a graph that are no layers but functions: of <c>keras.ops</c>, or of TensorFlow in a file of Keras 2.</summary>
internal sealed class OperationReader(ReadContext context)
{
    private readonly CallValueReader _values = new(context);

    /// <returns>The operation, or null when the entry is a layer (or nothing that can be read).</returns>
    public LayerSpec? Read(JsonElement entry, string pointer)
    {
        if (!entry.TryGetProperty("class_name", out var className) || className.ValueKind != JsonValueKind.String
            || !entry.TryGetProperty("config", out var config) || config.ValueKind != JsonValueKind.Object)
            return null;
        var before = context.Count;
        var operation = className.GetString() switch
        {
            "TFOpLambda" or "SlicingOpLambda" => TensorFlowOperations.OfLambda(config),
            "TensorFlowOpLayer" => TensorFlowOperations.OfNode(config, _values),
            _ when entry.TryGetProperty("module", out var module) && module.ValueKind == JsonValueKind.String && IsOperations(module.GetString()!) =>
                new Operation(module.GetString()!, className.GetString()!, Arguments(config, Pointers.Child(pointer, "config"))),
            _ => null,
        };
        if (operation is null)
            return null;
        if (!OperationTable.Names.Contains(operation.Function))
        {
            context.Add(
                Pointers.Child(pointer, "class_name"), ViolationCodes.UnknownClass,
                $"expected an operation: one of {Received.Words(OperationTable.Names.Order(StringComparer.Ordinal))}. Received: \"{operation.Function}\".",
                context.IsFull ? null : NearMiss.Hint(operation.Function, OperationTable.Names));
        }
        if (config.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String)
            operation = operation with { Name = name.GetString() };
        context.Remember(operation, pointer, Pointers.Child(pointer, "config"), context.Count == before);
        return operation;
    }

    private static bool IsOperations(string module) => module.StartsWith("keras.src.ops", StringComparison.Ordinal) || module.StartsWith("keras.ops", StringComparison.Ordinal);

    private Dictionary<string, CallValue> Arguments(JsonElement config, string pointer) => config.EnumerateObject()
        .Where(member => member.Name is not ("name" or "trainable" or "dtype_policy"))
        .DistinctBy(member => member.Name)
        .ToDictionary(member => member.Name, member => _values.Read(member.Value, Pointers.Child(pointer, member.Name)), StringComparer.Ordinal);
}
