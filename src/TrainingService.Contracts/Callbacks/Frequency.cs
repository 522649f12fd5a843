using System.Text.Json;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;

namespace TrainingService.Contracts.Callbacks;

/// <summary>How often something happens: at the end of every epoch (<c>"epoch"</c>, the default), or every so many batches.</summary>
public readonly record struct Frequency : IWireForm
{
    private const int Most = 1_000_000_000;

    /// <summary>Every so many batches; null at the end of every epoch.</summary>
    public int? Batches { get; private init; }

    /// <summary>Every so many batches.</summary>
    /// <param name="batches">At least 1.</param>
    public static Frequency EveryBatches(int batches) => new() { Batches = batches };

    /// <summary>Reads <c>"epoch"</c>, a number, or <c>"batch"</c> where that stands for 1.</summary>
    internal static object? Read(JsonElement json, ValueRules rules, string pointer, ReadContext context)
    {
        if (json.ValueKind == JsonValueKind.Number)
            return NumberRules.ReadInteger(json, 1, Most, ValueRules.None, pointer, context) is { } batches ? EveryBatches((int)batches) : null;
        if (json.ValueKind == JsonValueKind.String && json.ValueEquals("epoch"))
            return default(Frequency);
        if (rules.AcceptsBatch && json.ValueKind == JsonValueKind.String && json.ValueEquals("batch"))
            return EveryBatches(1);
        context.Add(
            pointer, json.ValueKind == JsonValueKind.String ? ViolationCodes.UnknownValue : ViolationCodes.WrongType,
            $"expected \"epoch\"{(rules.AcceptsBatch ? ", \"batch\"" : "")} or a number of batches. Received: {Received.Text(json)}.");
        return null;
    }

    void IWireForm.Write(Utf8JsonWriter writer)
    {
        if (Batches is { } batches)
            writer.WriteNumberValue(batches);
        else
            writer.WriteStringValue("epoch");
    }
}
