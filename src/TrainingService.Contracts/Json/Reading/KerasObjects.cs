using System.Text.Json;
using System.Text.Json.Nodes;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Json.Reading;

/// <summary>Reads <c>{"class_name": …, "config": {…}}</c>, or the short name where Keras has one.</summary>
internal sealed class KerasObjects(SpecReader reader, ReadContext context)
{
    private static RecordField LayersField => RecordShape.Of(typeof(Sequential)).Find("layers")!;

    /// <param name="json">The object or name.</param>
    /// <param name="kind">The catalog to look in.</param>
    /// <param name="type">The base record of the kind, or one record of it.</param>
    /// <param name="pointer">Where it stands.</param>
    /// <param name="beside">Members beside class_name and config that somebody else reads.</param>
    /// <returns>The record, or null after a violation.</returns>
    public object? Read(JsonElement json, KerasKind kind, Type type, string pointer, IReadOnlyList<string>? beside = null)
    {
        if (kind == KerasCatalog.Models)
            (json, pointer) = KerasDialects.Unwrap(json, pointer);
        var before = context.Count;
        if (kind == KerasCatalog.Metrics && type == kind.Base && LossOf(json) is { } loss)
            return ReadLossAsMetric(json, loss, pointer);
        if (json.ValueKind == JsonValueKind.String && kind.AcceptsBareNames)
            return ReadName(json, kind, type, pointer);
        if (KerasDialects.FunctionName(json) is { } function && kind.AcceptsBareNames)
            return ReadName(function, kind, type, Pointers.Child(pointer, "config"));
        if (json.ValueKind != JsonValueKind.Object)
        {
            RefuseForm(json, kind, pointer);
            return null;
        }
        JsonElement? className = null, config = null;
        foreach (var property in json.EnumerateObject())
        {
            if (property.NameEquals("class_name"))
                className = property.Value;
            else if (property.NameEquals("config"))
                config = property.Value;
            else if (!KerasDialects.IsPythonMember(property.Name) && beside?.Contains(property.Name) != true)
                reader.RefuseUnknown(Pointers.Child(pointer, property.Name), property.Name, ["class_name", "config"]);
        }
        var record = FindCustomClass(json, className, kind, type);
        if (record is null && RefuseCustomClass(json, kind, pointer))
            return null;
        record ??= FindRecord(className, kind, type, pointer);
        if (record is null)
            return null;
        var spec = ReadConfig(config, record, Pointers.Child(pointer, "config"));
        if (spec is not null)
            Remember((KerasSpec)spec, pointer, FieldsOf(config, pointer), before);
        return spec;
    }

    /// <summary>The name of a loss that is no metric's name: <c>"huber"</c>, or the class name of an object.</summary>
    private static string? LossOf(JsonElement json)
    {
        var name = KerasDialects.FunctionName(json) ?? json;
        if (name.ValueKind == JsonValueKind.Object && (!name.TryGetProperty("class_name", out name) || name.ValueKind != JsonValueKind.String))
            return null;
        return name.ValueKind == JsonValueKind.String && name.GetString() is { } text && KerasCatalog.Metrics.Find(text) is null && KerasCatalog.Losses.Find(text) is not null
            ? text
            : null;
    }

    /// <summary>A loss among the metrics: the mean of its values, under the name that was written.</summary>
    private MeanMetricWrapper? ReadLossAsMetric(JsonElement json, string name, string pointer)
    {
        var before = context.Count;
        if (Read(json, KerasCatalog.Losses, typeof(LossSpec), pointer) is not LossSpec loss)
            return null;
        var metric = new MeanMetricWrapper(loss);
        if (json.ValueKind != JsonValueKind.Object || KerasDialects.FunctionName(json) is not null)
            metric = metric with { Name = name };
        else if (json.TryGetProperty("config", out var config) && config.ValueKind == JsonValueKind.Object)
            metric = metric with { Name = ReadText(config, "name", Pointers.Child(pointer, "config")) };
        context.Remember(metric, pointer, null, context.Count == before);
        return metric;
    }

    /// <summary>Asks a record whose every field is right whether they go together.</summary>
    private void Remember(KerasSpec spec, string pointer, string? fields, int before)
    {
        try
        {
            if (context.Count == before)
                spec.CheckFields();
        }
        catch (SpecException broken)
        {
            context.Add(broken.Field is null || fields is null ? pointer : Pointers.Child(fields, broken.Field), broken.Code ?? ViolationCodes.Conflict, broken.Message);
        }
        context.Remember(spec, pointer, fields, context.Count == before);
    }

    /// <summary>Where the fields stand: in the config, when it is an object.</summary>
    private static string? FieldsOf(JsonElement? config, string pointer) =>
        config is { ValueKind: JsonValueKind.Object } ? Pointers.Child(pointer, "config") : null;

    private object? ReadName(JsonElement name, KerasKind kind, Type type, string pointer)
    {
        var before = context.Count;
        if (FindRecord(name, kind, type, pointer, bare: true) is not { } record)
            return null;
        var preset = kind.BareNames.GetValueOrDefault(name.GetString()!);
        if ((preset is null ? ReadWithoutConfig(record, pointer) : preset with { }) is not { } spec)
            return null;
        // Keras logs a metric under the name that was written: "mae", not "mean_absolute_error".
        if (spec is MetricSpec metric)
            spec = metric with { Name = name.GetString() };
        context.Remember(spec, pointer, null, context.Count == before);
        return spec;
    }

    private object? ReadConfig(JsonElement? config, Type record, string pointer)
    {
        if (config is not { } json)
            return ReadWithoutConfig(record, pointer);
        if (record == typeof(Sequential))
            return ReadSequential(json, pointer);
        if (record == typeof(MeanMetricWrapper) && json.ValueKind == JsonValueKind.Object)
            return ReadWrapper(json, pointer);
        if (record == typeof(Functional))
            return new GraphReader(reader, context).Read(json, pointer);
        if (json.ValueKind == JsonValueKind.Object)
            return reader.ReadFields(json, record, pointer);
        context.Add(pointer, ViolationCodes.WrongType, $"expected an object. Received: {Received.Text(json)}.");
        return null;
    }

    /// <summary>Keras writes the arguments of the wrapped function beside <c>fn</c>.</summary>
    private object? ReadWrapper(JsonElement config, string pointer)
    {
        if (!config.TryGetProperty("fn", out var fn) || (KerasDialects.FunctionName(fn) ?? fn) is not { ValueKind: JsonValueKind.String } name)
            return reader.ReadFields(config, typeof(MeanMetricWrapper), pointer);
        if (FindRecord(name, KerasCatalog.Losses, typeof(LossSpec), Pointers.Child(pointer, "fn"), bare: true) is not { } record)
            return null;
        var arguments = config.EnumerateObject().Where(property => property.Name is not ("fn" or "name" or "dtype"));
        var loss = JsonSerializer.SerializeToElement(new JsonObject(arguments.DistinctBy(property => property.Name).Select(property => KeyValuePair.Create(property.Name, JsonNode.Parse(property.Value.GetRawText())))));
        return new MeanMetricWrapper((LossSpec)reader.ReadFields(loss, record, pointer))
        {
            Name = ReadText(config, "name", pointer),
            Dtype = ReadText(config, "dtype", pointer),
        };
    }

    /// <summary>A text of a metric's config that may be missing or null.</summary>
    private string? ReadText(JsonElement config, string field, string pointer) =>
        config.TryGetProperty(field, out var text) && text.ValueKind != JsonValueKind.Null
            ? (string?)reader.Read(text, typeof(string), Pointers.Child(pointer, field), RecordShape.Of(typeof(MeanMetricWrapper)).Find(field)!.Rules)
            : null;

    private object? ReadWithoutConfig(Type record, string pointer)
    {
        var shape = RecordShape.Of(record);
        var required = shape.Fields.Where(field => field.Required).Select(field => field.Name).ToList();
        if (required.Count == 0)
            return shape.Create(new Dictionary<RecordField, object?>());
        context.Add(pointer, ViolationCodes.Required, $"expected a config with {Received.Words(required)}. Received: no config.");
        return null;
    }

    /// <summary>A Sequential's config is an object with the layers, or (before Keras 2.2.3) the list of layers itself.</summary>
    private Sequential? ReadSequential(JsonElement config, string pointer)
    {
        var layers = config;
        if (config.ValueKind == JsonValueKind.Object && config.TryGetProperty("layers", out var member))
            layers = member;
        var sequential = config.ValueKind switch
        {
            JsonValueKind.Array => new Sequential((IReadOnlyList<LayerSpec>)reader.Read(config, LayersField.Type, pointer, LayersField.Rules)!),
            JsonValueKind.Object => (Sequential)reader.ReadFields(config, typeof(Sequential), pointer),
            _ => null,
        };
        if (sequential is null)
        {
            context.Add(pointer, ViolationCodes.WrongType, $"expected an object with layers. Received: {Received.Text(config)}.");
            return null;
        }
        if (sequential.BuildInputShape is not null || KerasDialects.FirstLayerInputShape(layers) is not { } shape)
            return sequential;
        var place = config.ValueKind == JsonValueKind.Array ? pointer : Pointers.Child(pointer, "layers");
        return sequential with { BuildInputShape = ShapeRules.ReadShape(shape, ValueRules.None with { MinCount = 1 }, $"{place}/0/config/batch_input_shape", context) };
    }

    private Type? FindRecord(JsonElement? className, KerasKind kind, Type type, string pointer, bool bare = false)
    {
        var place = bare ? pointer : Pointers.Child(pointer, "class_name");
        if (className is not { ValueKind: JsonValueKind.String } json)
        {
            var received = className is { } other ? Received.Text(other) : "no field \"class_name\"";
            context.Add(place, className is null ? ViolationCodes.Required : ViolationCodes.WrongType, $"expected the class name of a {kind.Name}. Received: {received}.");
            return null;
        }
        var name = json.GetString()!;
        if (kind.Find(name) is { } record && type.IsAssignableFrom(record))
            return record;
        if (kind.Refused.TryGetValue(name, out var reason))
        {
            context.Add(place, ViolationCodes.UnsupportedValue, $"{name} is not computed here: {reason}");
            return null;
        }
        var known = kind.Records.Where(type.IsAssignableFrom).Select(KerasKind.ClassName);
        context.Add(
            place, ViolationCodes.UnknownClass, $"expected a {kind.Name}: one of {Received.Words(known)}. Received: {Received.Text(json)}.",
            context.IsFull ? null : NearMiss.Hint(name, bare ? kind.Names : known));
        return null;
    }

    /// <summary>A class that the operator registered; Keras 2 writes its registered name as the class's.</summary>
    private static Type? FindCustomClass(JsonElement json, JsonElement? className, KerasKind kind, Type type)
    {
        var written = json.TryGetProperty("registered_name", out var registered) && IsCustom(registered) ? registered : className;
        return written is { ValueKind: JsonValueKind.String } name && kind.FindRegistered(name.GetString()!) is { } record && type.IsAssignableFrom(record) ? record : null;
    }

    private static bool IsCustom(JsonElement registered) => registered.ValueKind == JsonValueKind.String && registered.GetString()!.Contains('>');

    /// <summary>A class that nobody registered here is refused: under a built-in one's name it would compute something else.</summary>
    private bool RefuseCustomClass(JsonElement json, KerasKind kind, string pointer)
    {
        if (!json.TryGetProperty("registered_name", out var registered) || !IsCustom(registered))
            return false;
        context.Add(
            Pointers.Child(pointer, "registered_name"), ViolationCodes.UnknownClass,
            $"expected a {kind.Name} of Keras itself, or a class that is registered here. Received: the custom class {Received.Text(registered)}.");
        return true;
    }

    private void RefuseForm(JsonElement json, KerasKind kind, string pointer)
    {
        var form = kind.AcceptsBareNames ? "a name or an object" : "an object";
        var isJsonText = json.ValueKind == JsonValueKind.String && json.GetString()!.AsSpan().TrimStart().StartsWith("{");
        context.Add(
            pointer, ViolationCodes.WrongType, $"expected a {kind.Name}: {form} {{\"class_name\": …, \"config\": {{…}}}}. Received: {Received.Text(json)}.",
            isJsonText ? "this is JSON inside a text: send the object itself, json.loads(model.to_json())" : null);
    }
}
