using System.Text.Json;
using TrainingService.Contracts.Json;
using TorchSharp;

namespace TrainingService.Conformance;

/// <summary>One case of a case file: what goes in and what Keras computed.</summary>
/// <param name="File">Name of the file, without its folder.</param>
/// <param name="Json">The case.</param>
public sealed record ConformanceCase(string File, JsonElement Json)
{
    /// <summary>Unique over all files.</summary>
    public string Id { get; } = Json.GetProperty("id").GetString()!;

    /// <summary>Which check it is for.</summary>
    public string Kind { get; } = Json.GetProperty("kind").GetString()!;

    /// <summary>A member of the case.</summary>
    public JsonElement this[string name] => Json.GetProperty(name);

    /// <summary>A member that may be missing or null.</summary>
    public bool Has(string name, out JsonElement value) => Json.Has(name, out value);

    /// <summary>The spec of the case's <c>class_name</c> and <c>config</c>, which the reader must take without a complaint.</summary>
    public T Spec<T>() where T : class
    {
        var json = $$"""{"class_name": {{this["class_name"].GetRawText()}}, "config": {{this["config"].GetRawText()}} }""";
        return Read<T>(JsonDocument.Parse(json).RootElement);
    }

    /// <summary>Reads a spec, which must go without a complaint.</summary>
    public static T Read<T>(JsonElement json) where T : class
    {
        var spec = ContractsJson.TryRead<T>(json, out var violations);
        if (violations.Count > 0)
            throw new DifferenceException(string.Join("; ", violations.Select(violation => $"{violation.Pointer}: {violation.Message}")));
        return spec!;
    }

    /// <summary>Compares a tensor with the expected one under the tolerances of the case, or of the step where it has its own.</summary>
    /// <exception cref="DifferenceException">Another shape, or a value too far off.</exception>
    public void Close(torch.Tensor expected, torch.Tensor actual, string what, JsonElement? step = null)
    {
        if (!expected.shape.AsSpan().SequenceEqual(actual.shape))
            throw new DifferenceException($"{what}: expected shape ({string.Join(", ", expected.shape)}). Received: ({string.Join(", ", actual.shape)}).");
        var (wanted, received) = (Tensors.Values(expected), Tensors.Values(actual));
        for (var i = 0; i < wanted.Length; i++)
            Close(wanted[i], received[i], $"{what}[{i}]", step);
    }

    /// <summary>Compares a number with the expected one.</summary>
    /// <exception cref="DifferenceException">Too far off.</exception>
    public void Close(double expected, double actual, string what, JsonElement? step = null)
    {
        var (atol, rtol) = (Tolerance("atol", 1e-6, step), Tolerance("rtol", 1e-5, step));
        if (double.IsFinite(expected) ? !(Math.Abs(actual - expected) <= atol + rtol * Math.Abs(expected)) : !expected.Equals(actual))
            throw new DifferenceException($"{what}: expected {expected:R} (atol {atol}, rtol {rtol}). Received: {actual:R}, {Math.Abs(actual - expected):G3} off.");
    }

    /// <summary>Compares two things that must be the same.</summary>
    /// <exception cref="DifferenceException">They differ.</exception>
    public static void Same<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new DifferenceException($"{what}: expected {expected}. Received: {actual}.");
    }

    private double Tolerance(string name, double fallback, JsonElement? step) =>
        step is { ValueKind: JsonValueKind.Object } own && own.TryGetProperty(name, out var value) || Json.TryGetProperty(name, out value) ? value.GetDouble() : fallback;

    /// <inheritdoc />
    public override string ToString() => Id;
}

/// <summary>The engine's answer is not Keras's.</summary>
/// <param name="message">What was expected, and what came.</param>
public sealed class DifferenceException(string message) : Exception(message);
