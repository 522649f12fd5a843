using System.Text.Json;
using TorchSharp;
using TrainingService.Contracts.Json;
using static TorchSharp.torch;

namespace TrainingService.Engine.Tests.Conformance;

/// <summary>Reads the conformance cases and compares numbers with Keras's.</summary>
internal static class Keras
{
    private static readonly Dictionary<string, JsonElement> Files = [];

    public static TheoryData<string> Ids(string file, Func<JsonElement, bool>? where = null) =>
        new(Cases(file).Where(where ?? (_ => true)).Select(item => item.GetProperty("id").GetString()!));

    public static JsonElement Case(string file, string id) => Cases(file).Single(item => item.GetProperty("id").GetString() == id);

    /// <summary>The spec of a case, which the contracts' reader must take without a complaint.</summary>
    public static T Spec<T>(JsonElement item) where T : class
    {
        var json = $$"""{"class_name": {{item.GetProperty("class_name").GetRawText()}}, "config": {{item.GetProperty("config").GetRawText()}} }""";
        return Read<T>(JsonDocument.Parse(json).RootElement);
    }

    public static T Read<T>(JsonElement json) where T : class
    {
        var spec = ContractsJson.TryRead<T>(json, out var violations);
        Assert.Empty(violations);
        return spec!;
    }

    public static bool Has(JsonElement item, string name, out JsonElement value) => item.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A tensor written as {shape, dtype, data}, perhaps wrapped as {tensor}.</summary>
    public static Tensor Tensor(JsonElement json)
    {
        if (json.TryGetProperty("tensor", out var wrapped))
            json = wrapped;
        var shape = json.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
        return Typed(json.GetProperty("data").EnumerateArray().Select(Number).ToArray(), shape, json.GetProperty("dtype").GetString()!);
    }

    /// <summary>A tensor written as nested lists.</summary>
    public static Tensor Nested(JsonElement json, string dtype)
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

    public static void Close(JsonElement item, Tensor expected, Tensor actual, string what, JsonElement? step = null)
    {
        Assert.Equal(expected.shape, actual.shape);
        var (atol, rtol) = (Tolerance("atol", item, step), Tolerance("rtol", item, step));
        var (wanted, got) = (Values(expected), Values(actual));
        for (var i = 0; i < wanted.Length; i++)
            Close(wanted[i], got[i], atol, rtol, $"{what}[{i}]");
    }

    public static void Close(double expected, double actual, double atol, double rtol, string what)
    {
        if (double.IsFinite(expected) ? !(Math.Abs(actual - expected) <= atol + rtol * Math.Abs(expected)) : !expected.Equals(actual))
            Assert.Fail($"{what}: expected {expected:R} (atol {atol}, rtol {rtol}). Received: {actual:R}.");
    }

    public static double Tolerance(string name, JsonElement item, JsonElement? step = null) =>
        step is { } own && own.TryGetProperty(name, out var value) || item.TryGetProperty(name, out value) ? value.GetDouble() : name == "atol" ? 1e-6 : 1e-5;

    public static double Number(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        JsonValueKind.String => json.GetString() switch { "NaN" => double.NaN, "Infinity" => double.PositiveInfinity, _ => double.NegativeInfinity },
        _ => json.GetDouble(),
    };

    public static double[] Values(Tensor tensor) => tensor.detach().to(float64).contiguous().data<double>().ToArray();

    private static Tensor Typed(double[] values, long[] shape, string dtype)
    {
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

    private static IEnumerable<JsonElement> Cases(string file)
    {
        lock (Files)
        {
            if (!Files.TryGetValue(file, out var root))
                Files[file] = root = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Conformance", file + ".json"))).RootElement;
            return root.GetProperty("cases").EnumerateArray();
        }
    }
}
