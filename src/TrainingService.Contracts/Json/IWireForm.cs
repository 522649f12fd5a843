using System.Text.Json;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json.Reading;

namespace TrainingService.Contracts.Json;

/// <summary>A value that Keras writes in several forms (a word or a number, a list or a text) and that reads and writes itself.</summary>
internal interface IWireForm
{
    void Write(Utf8JsonWriter writer);
}

/// <summary>How each of these values is read.</summary>
internal static class WireForms
{
    private static readonly Dictionary<Type, (string Kind, Reader Read)> Table = new()
    {
        [typeof(Frequency)] = ("\"epoch\" or a number of batches", Frequency.Read),
        [typeof(EpochFrequency)] = ("a number of epochs or a list of epochs", EpochFrequency.Read),
        [typeof(EpochSchedule)] = ("a list of rates, an expression or a schedule", EpochSchedule.Read),
        [typeof(ColumnNames)] = (ColumnNames.Form, ColumnNames.Read),
        [typeof(ColumnChoice)] = (ColumnChoice.Form, ColumnChoice.Read),
        [typeof(ClassWeightSpec)] = (ClassWeightSpec.Form, ClassWeightSpec.Read),
    };

    /// <returns>The value, or null after a violation.</returns>
    public delegate object? Reader(JsonElement json, ValueRules rules, string pointer, ReadContext context);

    public static Reader? Find(Type type) => Table.TryGetValue(type, out var form) ? form.Read : null;

    /// <summary>What is expected, for messages.</summary>
    public static string? Kind(Type type) => Table.TryGetValue(type, out var form) ? form.Kind : null;
}
