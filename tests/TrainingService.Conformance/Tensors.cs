using System.Text.Json;
using static TorchSharp.torch;

namespace TrainingService.Conformance;

/// <summary>Tensors and numbers as the case files write them.</summary>
public static class Tensors
{
    /// <summary>A member that may be missing or null.</summary>
    public static bool Has(this JsonElement json, string name, out JsonElement value) =>
        json.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A tensor written as {shape, dtype, data}, perhaps wrapped as {tensor}.</summary>
    public static Tensor Read(JsonElement json)
    {
        if (json.TryGetProperty("tensor", out var wrapped))
            json = wrapped;
        var shape = json.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
        return Typed(json.GetProperty("data").EnumerateArray().Select(Number).ToArray(), shape, json.GetProperty("dtype").GetString()!);
    }

    /// <summary>A tensor written as nested lists; a bare number is a scalar.</summary>
    public static Tensor ReadNested(JsonElement json, string dtype)
    {
        List<long> shape = [];
        for (var level = json; level.ValueKind == JsonValueKind.Array; level = level[0])
        {
            shape.Add(level.GetArrayLength());
            if (level.GetArrayLength() == 0)
                break;
        }
        List<double> values = [];
        Flatten(json, values);
        return Typed([.. values], [.. shape], dtype);
    }

    /// <summary>A number; NaN and the infinities are texts, true and false count 1 and 0.</summary>
    public static double Number(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        JsonValueKind.String => json.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            var other => throw new FormatException($"expected a number. Received: \"{other}\"."),
        },
        _ => json.GetDouble(),
    };

    /// <summary>All values in row-major order.</summary>
    public static double[] Values(Tensor tensor) => tensor.detach().to(float64).contiguous().data<double>().ToArray();

    private static Tensor Typed(double[] values, long[] shape, string dtype)
    {
        // Keras computes in float32 whatever floats it is given.
        var type = dtype.StartsWith("float", StringComparison.Ordinal) ? float32 : dtype == "bool" ? @bool : int64;
        return tensor(values, shape, dtype: float64).to(type);
    }

    private static void Flatten(JsonElement json, List<double> values)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            values.Add(Number(json));
            return;
        }
        foreach (var entry in json.EnumerateArray())
            Flatten(entry, values);
    }
}
