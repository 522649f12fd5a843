using System.Text.Json;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Contracts.Json.Reading;

/// <summary>Pipeline steps: an object with one member, the step's name.</summary>
internal static class PipelineSteps
{
    private static readonly (string Name, Type Step)[] Table =
    [
        ("map", typeof(Map)), ("filter", typeof(Filter)), ("cache", typeof(Cache)), ("shuffle", typeof(Shuffle)), ("repeat", typeof(Repeat)), ("batch", typeof(Batch)),
        ("padded_batch", typeof(PaddedBatch)), ("bucket_by_sequence_length", typeof(BucketBySequenceLength)), ("prefetch", typeof(Prefetch)), ("take", typeof(Take)),
        ("skip", typeof(Skip)), ("shard", typeof(Shard)), ("resample", typeof(Resample)), ("rejection_resample", typeof(RejectionResample)),
    ];

    private static IEnumerable<string> Names => Table.Select(entry => entry.Name);

    /// <summary>The step's name on the wire.</summary>
    public static string Name(PipelineStep step) => Table.Single(entry => entry.Step == step.GetType()).Name;

    /// <returns>The step, or null after a violation.</returns>
    public static PipelineStep? Read(SpecReader reader, JsonElement json, string pointer, ReadContext context)
    {
        if (json.ValueKind != JsonValueKind.Object || json.EnumerateObject().Count() != 1)
        {
            var received = json.ValueKind == JsonValueKind.Object ? $"{json.EnumerateObject().Count()} members" : Received.Text(json);
            context.Add(
                pointer, ViolationCodes.WrongType,
                $"expected an object with one member, the step: one of {Received.Words(Names)}. Received: {received}.",
                json.ValueKind == JsonValueKind.String ? "write it as {\"cache\": {}}" : null);
            return null;
        }
        var before = context.Count;
        var member = json.EnumerateObject().First();
        var place = Pointers.Child(pointer, member.Name);
        if (Table.FirstOrDefault(entry => entry.Name == member.Name).Step is not { } type)
        {
            context.Add(
                place, ViolationCodes.UnknownField, $"expected a step: one of {Received.Words(Names)}.", context.IsFull ? null : NearMiss.Hint(member.Name, Names));
            return null;
        }
        var step = type == typeof(Map) ? MapSteps.Read(reader, member.Value, place, context) : (PipelineStep?)reader.ReadRecord(member.Value, type, place);
        if (step is not null)
            context.Remember(step, pointer, place, context.Count == before);
        return step;
    }
}
