using System.Text.Json;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;

namespace TrainingService.Contracts.Jobs;

/// <summary>What a row counts in the loss by its class: a weight by the number of the class, or <c>"balanced"</c>, rows / (classes · rows of the class).</summary>
public sealed class ClassWeightSpec : IWireForm, IEquatable<ClassWeightSpec>
{
    internal const string Form = "\"balanced\" or an object of numbers by the classes' numbers";

    private const string BalancedWord = "balanced";
    private const int MostClasses = 100_000;

    /// <summary>Weights by class.</summary>
    public ClassWeightSpec(IReadOnlyDictionary<string, double> byClass) => ByClass = byClass;

    private ClassWeightSpec()
    {
    }

    /// <summary>Counted over the training rows, so that every class counts the same in all.</summary>
    public static ClassWeightSpec Balanced { get; } = new();

    /// <summary>Weights by the number of the class; null where they are counted.</summary>
    public IReadOnlyDictionary<string, double>? ByClass { get; }

    /// <summary>Weights by class.</summary>
    public static implicit operator ClassWeightSpec(Dictionary<string, double> byClass) => new(byClass);

    /// <inheritdoc />
    public bool Equals(ClassWeightSpec? other) => other is not null
        && (ByClass is null ? other.ByClass is null : other.ByClass is { } others && ByClass.Count == others.Count && ByClass.All(pair => others.TryGetValue(pair.Key, out var weight) && weight.Equals(pair.Value)));

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as ClassWeightSpec);

    /// <inheritdoc />
    public override int GetHashCode() => ByClass?.Count ?? -1;

    internal static object? Read(JsonElement json, ValueRules rules, string pointer, ReadContext context)
    {
        if (json.ValueKind == JsonValueKind.String && json.ValueEquals(BalancedWord))
            return Balanced;
        if (json.ValueKind != JsonValueKind.Object)
        {
            context.Add(
                pointer, ViolationCodes.WrongType, $"expected {Form}. Received: {Received.Text(json)}.",
                json.ValueKind == JsonValueKind.String ? NearMiss.Hint(json.GetString()!, [BalancedWord]) : null);
            return null;
        }
        Dictionary<string, double> weights = [];
        foreach (var member in json.EnumerateObject())
        {
            if (NumberRules.ReadReal(member.Value, ValueRules.None, Pointers.Child(pointer, member.Name), context) is { } weight)
                weights[member.Name] = weight;
        }
        if (weights.Count > MostClasses)
            context.Add(pointer, ViolationCodes.TooMany, $"expected at most {MostClasses} entries. Received: {weights.Count}.");
        return new ClassWeightSpec(weights);
    }

    void IWireForm.Write(Utf8JsonWriter writer)
    {
        if (ByClass is null)
            writer.WriteStringValue(BalancedWord);
        else
            SpecWriter.Write(writer, ByClass);
    }
}
