using System.Text.Json.Nodes;
using TorchSharp;

namespace TrainingService.Engine.Callbacks;

/// <summary>What a callback must know to go on in another process.</summary>
/// <param name="Values">As JSON; numbers that are not finite are texts.</param>
/// <param name="Tensors">By name; disposed of with the state. They may share the callback's memory, and hold until the next hook.</param>
public sealed record CallbackState(JsonObject Values, IReadOnlyDictionary<string, torch.Tensor> Tensors) : IDisposable
{
    /// <summary>A state without tensors.</summary>
    public CallbackState(JsonObject values) : this(values, new Dictionary<string, torch.Tensor>())
    {
    }

    /// <summary>A number for <see cref="Values"/>: JSON has none for NaN and the infinities, a text has.</summary>
    public static JsonNode? Number(double? value) => value is { } number ? JsonValue.Create(number.ToString("R", System.Globalization.CultureInfo.InvariantCulture)) : null;

    /// <summary>Reads what <see cref="Number(double?)"/> wrote.</summary>
    public static double? Number(JsonNode? value) =>
        value is null ? null : double.Parse((string)value!, System.Globalization.CultureInfo.InvariantCulture);

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var tensor in Tensors.Values)
            tensor.Dispose();
    }
}
