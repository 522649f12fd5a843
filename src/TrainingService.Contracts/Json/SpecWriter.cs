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
            case Enum word: Write(writer, EnumWords.Of(word.GetType()).Word(word)); break;
            case Shape shape: WriteList(writer, shape); break;
            case IWireForm form: form.Write(writer); break;
            case Border border: WriteList(writer, new[] { border.Before, border.After }); break;
            case Borders { Count: 1 } borders: Write(writer, borders[0]); break;
            case Shapes.Axes { Count: 1 } axes: Write(writer, axes[0]); break;
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
            MapSteps.Write(writer, map);
        else
            WriteFields(writer, step);
        writer.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter writer, object record)
    {
        writer.WriteStartObject();
        foreach (var field in RecordShape.Of(record.GetType()).Written)
        {
            var value = field.Property.GetValue(record);
            if (value is null && field.Rules.OmittedWhenNull)
                continue;
            writer.WritePropertyName(field.Name);
            Write(writer, value);
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
