using System.Text.Json;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Layers;

namespace TrainingService.Contracts.Json.Reading;

/// <summary>The content of a <c>map</c>: a Keras layer, or an object with one function and what it is applied to.</summary>
internal static class MapSteps
{
    private const string LayerMember = "layer", ExpressionMember = "expression", On = "on", ParallelCalls = "num_parallel_calls";

    private static readonly (string Name, Type? Record)[] Functions = [(LayerMember, null), ("one_hot", typeof(OneHotMap)), ("cast", typeof(CastMap)), (ExpressionMember, null)];

    private static readonly RecordField OnField = Field("On"), ParallelField = Field("NumParallelCalls");

    private static IEnumerable<string> FunctionNames => Functions.Select(function => function.Name);

    /// <returns>The step, or null after a violation.</returns>
    public static Map? Read(SpecReader reader, JsonElement json, string pointer, ReadContext context)
    {
        if (json.ValueKind != JsonValueKind.Object || json.TryGetProperty("class_name", out _))
            return reader.Read(json, typeof(LayerSpec), pointer, ValueRules.None) is LayerSpec only ? new Map(only) : null;
        MapFunction? function = null;
        string? on = null;
        int? calls = null;
        List<string> found = [];
        var before = context.Count;
        foreach (var member in json.EnumerateObject().DistinctBy(member => member.Name))
        {
            var place = Pointers.Child(pointer, member.Name);
            if (FunctionNames.Contains(member.Name))
            {
                found.Add(member.Name);
                function ??= ReadFunction(reader, member, place, pointer, context);
            }
            else if (member.Name == On)
                on = (string?)ReadField(reader, member.Value, OnField, place);
            else if (member.Name == ParallelCalls)
                calls = (int?)ReadField(reader, member.Value, ParallelField, place);
            else
                reader.RefuseUnknown(place, member.Name, [.. FunctionNames, On, ParallelCalls, "class_name", "config"]);
        }
        if (found.Count > 1 || (found.Count == 0 && context.Count == before))
            context.Add(pointer, found.Count == 0 ? ViolationCodes.Required : ViolationCodes.Conflict, $"expected one function: a Keras layer, or one of {Received.Words(FunctionNames)}. Received: {(found.Count == 0 ? "none" : Received.Words(found))}.");
        return function is null || found.Count != 1 ? null : new Map(function, on, calls);
    }

    public static void Write(Utf8JsonWriter writer, Map map)
    {
        if (map is { Function: LayerMap { Layer: var only }, On: null, NumParallelCalls: null })
        {
            SpecWriter.Write(writer, only);
            return;
        }
        writer.WriteStartObject();
        switch (map.Function)
        {
            case LayerMap { Layer: var layer }: Member(LayerMember, layer); break;
            case ExpressionMap { Expression: var text }: Member(ExpressionMember, text); break;
            case var function: Member(Functions.Single(each => each.Record == function.GetType()).Name, function); break;
        }
        if (map.On is { } on)
            Member(On, on);
        if (map.NumParallelCalls is { } calls)
            Member(ParallelCalls, calls);
        writer.WriteEndObject();

        void Member(string name, object value)
        {
            writer.WritePropertyName(name);
            SpecWriter.Write(writer, value);
        }
    }

    private static MapFunction? ReadFunction(SpecReader reader, JsonProperty member, string place, string pointer, ReadContext context)
    {
        if (member.Name == LayerMember)
            return reader.Read(member.Value, typeof(LayerSpec), place, ValueRules.None) is LayerSpec layer ? new LayerMap(layer) : null;
        if (member.Name != ExpressionMember)
            return (MapFunction?)reader.ReadRecord(member.Value, Functions.Single(each => each.Name == member.Name).Record!, place);
        // The text is the function: its one field stands beside "on".
        var before = context.Count;
        var field = RecordShape.Of(typeof(ExpressionMap)).Fields[0];
        if (reader.Read(member.Value, field.Type, place, field.Rules) is not string text)
            return null;
        var function = new ExpressionMap(text);
        context.Remember(function, pointer, pointer, context.Count == before);
        return function;
    }

    private static object? ReadField(SpecReader reader, JsonElement json, RecordField field, string place) =>
        json.ValueKind == JsonValueKind.Null ? null : reader.Read(json, field.Type, place, field.Rules);

    private static RecordField Field(string parameter) => RecordShape.Of(typeof(Map)).Fields.Single(field => field.Property.Name == parameter);
}
