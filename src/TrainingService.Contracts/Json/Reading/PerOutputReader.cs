using System.Text.Json;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Metrics;

namespace TrainingService.Contracts.Json.Reading;

/// <summary>Reads what <c>compile</c> takes for each output: one, a list (of lists), or a dict by the outputs' names.</summary>
internal sealed class PerOutputReader(SpecReader reader, ReadContext context)
{
    /// <returns>The value, or null after a violation.</returns>
    public object? Read(JsonElement json, Type item, string pointer, ValueRules rules) =>
        item == typeof(LossSpec) ? Read<LossSpec>(json, pointer, rules, one: true, several: false, "a loss, a list of them or a dict by the outputs' names")
        : item == typeof(MetricSpec) ? Read<MetricSpec>(json, pointer, rules, one: false, several: true, "a list of metrics, or a dict by the outputs' names")
        : item == typeof(double) ? Read<double>(json, pointer, rules, one: true, several: false, "a number, a list of them or a dict by the outputs' names")
        : throw new NotSupportedException($"{item.Name} is nothing that outputs are given.");

    private PerOutput<T>? Read<T>(JsonElement json, string pointer, ValueRules rules, bool one, bool several, string what)
    {
        List<OutputEntry<T>> entries = [];
        PerOutputForm form;
        if (json.ValueKind == JsonValueKind.Array)
        {
            form = PerOutputForm.List;
            if (TooMany(json.GetArrayLength(), rules, pointer))
                return null;
            foreach (var (entry, index) in json.EnumerateArray().Select((entry, index) => (entry, index)))
                entries.Add(Entry<T>(entry, null, several, Pointers.Child(pointer, index)));
        }
        else if (json.ValueKind == JsonValueKind.Object && !json.TryGetProperty("class_name", out _))
        {
            form = PerOutputForm.Dict;
            if (TooMany(json.EnumerateObject().Count(), rules, pointer))
                return null;
            foreach (var member in json.EnumerateObject().DistinctBy(member => member.Name))
                entries.Add(Entry<T>(member.Value, member.Name, several, Pointers.Child(pointer, member.Name)));
        }
        else if (one)
        {
            form = PerOutputForm.One;
            entries.Add(Entry<T>(json, null, several: false, pointer));
        }
        else
        {
            context.Add(pointer, ViolationCodes.WrongType, $"expected {what}. Received: {Received.Text(json)}.");
            return null;
        }
        return new PerOutput<T>(form, entries);
    }

    private bool TooMany(int count, ValueRules rules, string pointer)
    {
        if (count <= (rules.MaxCount ?? int.MaxValue))
            return false;
        context.Add(pointer, ViolationCodes.TooMany, $"expected at most {rules.MaxCount} entries. Received: {count}.");
        return true;
    }

    private OutputEntry<T> Entry<T>(JsonElement json, string? output, bool several, string pointer)
    {
        if (json.ValueKind == JsonValueKind.Null)
            return new OutputEntry<T>(output, []);
        if (!several || json.ValueKind != JsonValueKind.Array)
            return new OutputEntry<T>(output, Items<T>(json, pointer));
        return new OutputEntry<T>(output, [.. json.EnumerateArray().SelectMany((item, index) => Items<T>(item, Pointers.Child(pointer, index)))], Bare: false);
    }

    private IReadOnlyList<T> Items<T>(JsonElement json, string pointer) =>
        reader.Read(json, typeof(T), pointer, ValueRules.None) is T item ? [item] : [];
}
