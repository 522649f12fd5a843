using System.Collections;
using System.Text.Json;
using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Operations;
using TrainingService.Contracts.Schedules;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Json;

/// <summary>Writes spec records: every field, also those at their default, so that a stored spec says everything.</summary>
internal static class SpecWriter
{
    public static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null: writer.WriteNullValue(); break;
            case string text: writer.WriteStringValue(text); break;
            case bool flag: writer.WriteBooleanValue(flag); break;
            case int number: writer.WriteNumberValue(number); break;
            case long number: writer.WriteNumberValue(number); break;
            case double number: writer.WriteNumberValue(number); break;
            case Enum word: writer.WriteStringValue(EnumWords.Of(word.GetType()).Word(word)); break;
            case Size2D size: WriteList(writer, new[] { size.Height, size.Width }); break;
            case Shape shape: WriteList(writer, shape); break;
            case NormAxes axes: Write(writer, axes.All ? null : axes.Count == 1 ? axes[0] : axes.ToArray()); break;
            case Functional model: GraphWriter.WriteModel(writer, model); break;
            case Operation operation: GraphWriter.WriteOperation(writer, operation); break;
            case LearningRate rate: Write(writer, rate.Schedule is null ? rate.Value : rate.Schedule); break;
            case KerasSpec spec: WriteKeras(writer, spec); break;
            case CallValue argument: GraphWriter.WriteValue(writer, argument); break;
            case PipelineStep step: WriteStep(writer, step); break;
            case IDictionary table: WriteTable(writer, table); break;
            case var form when NumberForms.TryWrite(writer, form): break;
            case IEnumerable list: WriteList(writer, list); break;
            default: WriteFields(writer, value); break;
        }
    }

    private static void WriteKeras(Utf8JsonWriter writer, KerasSpec spec)
    {
        writer.WriteStartObject();
        WriteMembers(writer, spec);
        writer.WriteEndObject();
    }

    /// <summary>The members of a Keras object: its class and its config.</summary>
    public static void WriteMembers(Utf8JsonWriter writer, KerasSpec spec)
    {
        writer.WriteString("class_name", KerasKind.ClassName(spec.GetType()));
        writer.WritePropertyName("config");
        WriteFields(writer, spec);
        if (KerasKind.RegisteredName(spec.GetType()) is { } registered)
            writer.WriteString("registered_name", registered);
    }

    private static void WriteStep(Utf8JsonWriter writer, PipelineStep step)
    {
        writer.WriteStartObject();
        writer.WritePropertyName(PipelineSteps.Name(step));
        if (step is Map map)
            WriteKeras(writer, map.Layer);
        else
            WriteFields(writer, step);
        writer.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter writer, object record)
    {
        writer.WriteStartObject();
        var shape = RecordShape.Of(record.GetType());
        // Keras writes name, trainable and dtype first.
        foreach (var field in shape.Fields.Skip(shape.ParameterCount).Concat(shape.Fields.Take(shape.ParameterCount)))
        {
            writer.WritePropertyName(field.Name);
            Write(writer, field.Property.GetValue(record));
        }
        writer.WriteEndObject();
    }

    private static void WriteTable(Utf8JsonWriter writer, IDictionary table)
    {
        writer.WriteStartObject();
        foreach (DictionaryEntry entry in table)
        {
            writer.WritePropertyName((string)entry.Key);
            Write(writer, entry.Value);
        }
        writer.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter writer, IEnumerable list)
    {
        writer.WriteStartArray();
        foreach (var item in list)
            Write(writer, item);
        writer.WriteEndArray();
    }
}
