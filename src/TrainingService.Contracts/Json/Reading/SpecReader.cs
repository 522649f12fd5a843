using System.Collections;
using System.Text.Json;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Schedules;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Json.Reading;

/// <summary>
/// Reads spec records from JSON. Every rule that is broken becomes a violation in the context and reading goes on: what cannot be read
/// becomes its default (or null), so that the record can be made; the context says whether it is sound. Nothing is thrown for bad input.
/// </summary>
internal sealed class SpecReader(ReadContext context)
{
    /// <summary>Reads a whole document as one record.</summary>
    /// <returns>The record, which is only to be used as far as it is sound, or null.</returns>
    public static object? ReadDocument(JsonElement json, Type type, ReadContext context) =>
        DocumentRules.Check(json, context) ? new SpecReader(context).Read(json, type, "", ValueRules.None) : null;

    /// <summary>Reads one value.</summary>
    /// <returns>The value, or null after a violation.</returns>
    public object? Read(JsonElement json, Type type, string pointer, ValueRules rules)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(Activation))
            return KerasDialects.ReadActivation(json, pointer, context);
        if (type == typeof(NormAxes))
            return AxesRules.Read(json, pointer, context);
        if (typeof(KeptAxes) == type || (NumberForms.Has(type) && json.ValueKind != JsonValueKind.Null))
            return NumberForms.Read(json, type, rules, pointer, context);
        if (json.ValueKind == JsonValueKind.Null)
        {
            if (type.IsEnum && EnumWords.Of(type).Null is { } word)
                return word;
            context.Add(pointer, ViolationCodes.NullNotAllowed, $"expected {Kind(type)}. Received: null.");
            return null;
        }
        if (KerasCatalog.KindOf(type) is { } kind)
            return new KerasObjects(this, context).Read(json, kind, type, pointer);
        if (typeof(PipelineStep).IsAssignableFrom(type))
            return PipelineSteps.Read(this, json, pointer, context);
        if (WireForms.Find(type) is { } form)
            return form(json, rules, pointer, context);
        if (rules.DtypePolicy)
            return KerasDialects.ReadDtype(json, pointer, context);
        if (type == typeof(string))
            return TextRules.ReadText(json, rules, pointer, context);
        if (type.IsEnum)
            return TextRules.ReadWord(json, type, pointer, context);
        if (rules.AcceptsAuto && json.ValueKind == JsonValueKind.String && json.ValueEquals("auto"))
            return null;
        if (type == typeof(int))
            return (int?)NumberRules.ReadInteger(json, int.MinValue, int.MaxValue, rules, pointer, context);
        if (type == typeof(long))
            return NumberRules.ReadInteger(json, long.MinValue, long.MaxValue, rules, pointer, context);
        if (type == typeof(double))
            return NumberRules.ReadReal(json, rules, pointer, context);
        if (type == typeof(bool))
            return ReadBool(json, pointer);
        if (type == typeof(Shape))
            return ShapeRules.ReadShape(json, rules, pointer, context);
        if (type == typeof(Sizes))
            return SizeRules.ReadSizes(json, rules, pointer, context);
        if (type == typeof(Borders))
            return SizeRules.ReadBorders(json, rules, pointer, context);
        if (type == typeof(Axes))
            return AxesRules.ReadAxes(json, pointer, context);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Jobs.PerOutput<>))
            return new PerOutputReader(this, context).Read(json, type.GetGenericArguments()[0], pointer, rules);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
            return ReadList(json, type.GetGenericArguments()[0], pointer, rules);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
            return ReadTable(json, type.GetGenericArguments()[1], pointer, rules);
        return type == typeof(LearningRate) ? ReadLearningRate(json, pointer, rules) : ReadRecord(json, type, pointer);
    }

    /// <summary>Reads an object as a record.</summary>
    public object? ReadRecord(JsonElement json, Type type, string pointer)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            context.Add(pointer, ViolationCodes.WrongType, $"expected an object. Received: {Received.Text(json)}.");
            return null;
        }
        var before = context.Count;
        var record = ReadFields(json, type, pointer);
        context.Remember(record, pointer, pointer, context.Count == before);
        return record;
    }

    /// <summary>Reads an object's members as the fields of a record.</summary>
    public object ReadFields(JsonElement json, Type type, string pointer)
    {
        var shape = RecordShape.Of(type);
        var values = new Dictionary<RecordField, object?>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        // A name that appears twice has been refused by the document's rules.
        foreach (var property in json.EnumerateObject().Where(property => names.Add(property.Name)))
        {
            var child = Pointers.Child(pointer, property.Name);
            if (shape.Find(property.Name) is not { } field)
            {
                if (!shape.Ignored.Contains(property.Name))
                    RefuseUnknown(child, property.Name, shape.Names);
            }
            else if (!values.TryAdd(field, field.Default))
            {
                context.Add(child, ViolationCodes.DuplicateField, $"expected \"{field.Name}\" once. Received: it again, as \"{property.Name}\".");
            }
            else
            {
                values[field] = ReadField(property.Value, field, child);
            }
        }
        foreach (var missing in shape.Fields.Where(field => field.Required && !values.ContainsKey(field)))
            context.Add(Pointers.Child(pointer, missing.Name), ViolationCodes.Required, $"expected {Kind(missing.Type)}. Received: no field \"{missing.Name}\".");
        return shape.Create(values);
    }

    /// <summary>Adds a violation for a member that nobody reads.</summary>
    public void RefuseUnknown(string pointer, string name, IEnumerable<string> known)
    {
        var names = known.ToList();
        context.Add(
            pointer, ViolationCodes.UnknownField, names.Count == 0 ? "expected no fields here." : $"expected one of {Received.Words(names)}.",
            context.IsFull ? null : NearMiss.Hint(name, names));
    }

    private object? ReadField(JsonElement json, RecordField field, string pointer)
    {
        if (field.Rules.DefaultOnly)
        {
            CheckDefault(json, field, pointer);
            return field.Default;
        }
        if (json.ValueKind == JsonValueKind.Null && field.Nullable)
            return null;
        // What Keras takes for a weight that is given no initializer.
        if (json.ValueKind == JsonValueKind.Null && field.Type == typeof(InitializerSpec))
            return new GlorotUniform();
        return Read(json, field.Type, pointer, field.Rules) ?? field.Default;
    }

    private void CheckDefault(JsonElement json, RecordField field, string pointer)
    {
        if (json.ValueKind == JsonValueKind.Null)
            return;
        var same = field.Default is not null
            && new SpecReader(new ReadContext()).Read(json, field.Type, pointer, ValueRules.None) is { } value && value.Equals(field.Default);
        if (!same)
        {
            var only = field.Default switch { null => "null", bool flag => flag ? "true" : "false", var other => other.ToString() };
            context.Add(
                pointer, ViolationCodes.UnsupportedValue,
                $"this engine computes {field.Name} only at its default, {only}. Received: {Received.Text(json)}.");
        }
    }

    private bool? ReadBool(JsonElement json, string pointer)
    {
        if (json.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return json.GetBoolean();
        context.Add(pointer, ViolationCodes.WrongType, $"expected true or false. Received: {Received.Text(json)}.");
        return null;
    }

    private IList? ReadList(JsonElement json, Type element, string pointer, ValueRules rules)
    {
        var single = rules.OrSingle && json.ValueKind == JsonValueKind.Number;
        if (json.ValueKind != JsonValueKind.Array && !single)
        {
            context.Add(pointer, ViolationCodes.WrongType, $"expected {(rules.OrSingle ? "a number or a list" : "a list")}. Received: {Received.Text(json)}.");
            return null;
        }
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
        var each = ValueRules.None with { Range = rules.Range };
        if (single)
        {
            if (Read(json, element, pointer, each) is not { } only)
                return null;
            list.Add(only);
            return list;
        }
        if (json.GetArrayLength() < rules.MinCount)
        {
            context.Add(pointer, ViolationCodes.TooFew, $"expected at least {rules.MinCount} {(rules.MinCount == 1 ? "entry" : "entries")}. Received: {json.GetArrayLength()}.");
            return null;
        }
        if (rules.MaxCount is { } limit && json.GetArrayLength() > limit)
        {
            context.Add(pointer, ViolationCodes.TooMany, $"expected at most {limit} entries. Received: {json.GetArrayLength()}.");
            return null;
        }
        var index = 0;
        foreach (var item in json.EnumerateArray())
        {
            var child = Pointers.Child(pointer, index++);
            var value = Read(item, element, child, each);
            if (value is string text && rules.EachLength is { } length)
                TextRules.CheckLength(text, length.Minimum, length.Maximum, child, context);
            // A place is kept for what could not be read, so that nobody takes the list for a shorter one.
            if (value is not null || !element.IsValueType)
                list.Add(value);
        }
        return list;
    }

    /// <summary>A number, or a schedule.</summary>
    private LearningRate? ReadLearningRate(JsonElement json, string pointer, ValueRules rules)
    {
        if (json.ValueKind == JsonValueKind.Object)
            return Read(json, typeof(LearningRateScheduleSpec), pointer, ValueRules.None) is LearningRateScheduleSpec schedule ? new LearningRate(double.NaN, schedule) : null;
        return NumberRules.ReadReal(json, rules, pointer, context) is { } rate ? new LearningRate(rate) : null;
    }

    private IDictionary? ReadTable(JsonElement json, Type element, string pointer, ValueRules rules)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            context.Add(pointer, ViolationCodes.WrongType, $"expected an object of {(element == typeof(string) ? "texts" : $"{Kind(element)[2..]}s")}. Received: {Received.Text(json)}.");
            return null;
        }
        var table = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), element))!;
        foreach (var property in json.EnumerateObject())
        {
            var child = Pointers.Child(pointer, property.Name);
            if (Read(property.Value, element, child, ValueRules.None) is not { } value)
                continue;
            table[property.Name] = value;
            if (value is not string text || rules.EachLength is not { } each)
                continue;
            TextRules.CheckLength(property.Name, 1, EachLengthAttribute.LongestKey, child, context);
            TextRules.CheckLength(text, each.Minimum, each.Maximum, child, context);
        }
        if (rules.MaxCount is { } limit && table.Count > limit)
            context.Add(pointer, ViolationCodes.TooMany, $"expected at most {limit} entries. Received: {table.Count}.");
        return table;
    }

    private static string Kind(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when WireForms.Kind(t) is { } forms => forms,
        var t when t == typeof(string) => "a text",
        var t when t == typeof(bool) => "true or false",
        var t when t == typeof(int) || t == typeof(long) => "a whole number",
        var t when t == typeof(double) => "a number",
        var t when t == typeof(LearningRate) => "a learning rate, a number or a schedule",
        var t when t == typeof(Shape) => "a shape, such as [null, 28, 28, 1]",
        var t when t == typeof(Sizes) => "a whole number, or one per spatial axis",
        var t when t == typeof(Borders) => "a whole number, or a pair per spatial axis",
        var t when t == typeof(Axes) => "an axis or a list of axes",
        var t when t.IsEnum => $"one of {Received.Words(EnumWords.Of(t).Words)}",
        var t when KerasCatalog.KindOf(t) is { } kind => $"a {kind.Name}",
        var t when t == typeof(Jobs.PerOutput<Losses.LossSpec>) => "a loss",
        var t when t.IsGenericType && t.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) => "a list",
        _ => "an object",
    };
}
