using System.Text.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Operations;

namespace TrainingService.Contracts.Json;

/// <summary>Writes graphs as Keras 3 does.</summary>
internal static class GraphWriter
{
    public static void WriteModel(Utf8JsonWriter writer, Functional model)
    {
        writer.WriteStartObject();
        WriteModelMembers(writer, model);
        writer.WriteEndObject();
    }

    public static void WriteOperation(Utf8JsonWriter writer, Operation operation)
    {
        writer.WriteStartObject();
        WriteOperationMembers(writer, operation);
        writer.WriteEndObject();
    }

    public static void WriteValue(Utf8JsonWriter writer, CallValue value)
    {
        switch (value)
        {
            case TensorRef tensor:
                WriteObject(writer, "__keras_tensor__", () =>
                {
                    writer.WritePropertyName("shape");
                    SpecWriter.Write(writer, tensor.Shape);
                    writer.WriteString("dtype", tensor.Dtype);
                    writer.WritePropertyName("keras_history");
                    WriteReference(writer, tensor, 0);
                });
                break;
            case CallList list:
                writer.WriteStartArray();
                foreach (var item in list.Items)
                    WriteValue(writer, item);
                writer.WriteEndArray();
                break;
            case CallTable table:
                writer.WriteStartObject();
                foreach (var (name, item) in table.Items)
                {
                    writer.WritePropertyName(name);
                    WriteValue(writer, item);
                }
                writer.WriteEndObject();
                break;
            case CallSlice slice:
                WriteObject(writer, "__slice__", () =>
                {
                    WriteEdge(writer, "start", slice.Start);
                    WriteEdge(writer, "stop", slice.Stop);
                    WriteEdge(writer, "step", slice.Step);
                });
                break;
            case CallEllipsis:
                WriteObject(writer, "__ellipsis__", () => { });
                break;
            case CallArray array:
                WriteObject(writer, "__numpy__", () =>
                {
                    writer.WritePropertyName("value");
                    var next = 0;
                    WriteArray(writer, array, 0, ref next);
                    writer.WriteString("dtype", array.Dtype);
                });
                break;
            case CallConstant constant:
                SpecWriter.Write(writer, constant.Value);
                break;
            default:
                throw new NotSupportedException($"{value.GetType().Name} is no part of a graph.");
        }
    }

    private static void WriteModelMembers(Utf8JsonWriter writer, Functional model)
    {
        writer.WriteString("class_name", "Functional");
        writer.WriteStartObject("config");
        writer.WriteString("name", model.Name);
        writer.WriteBoolean("trainable", model.Trainable);
        writer.WriteString("dtype", model.Dtype);
        writer.WriteStartArray("layers");
        foreach (var layer in model.Layers)
            WriteLayer(writer, layer);
        writer.WriteEndArray();
        writer.WritePropertyName("input_layers");
        WriteEnds(writer, model.InputLayers, model);
        writer.WritePropertyName("output_layers");
        WriteEnds(writer, model.OutputLayers, model);
        writer.WriteEndObject();
    }

    private static void WriteOperationMembers(Utf8JsonWriter writer, Operation operation)
    {
        writer.WriteString("module", operation.Module == "tensorflow" ? "keras.src.ops" : operation.Module);
        writer.WriteString("class_name", operation.Function);
        writer.WriteStartObject("config");
        writer.WriteString("name", operation.Name);
        foreach (var (name, value) in operation.Arguments)
        {
            writer.WritePropertyName(name);
            WriteValue(writer, value);
        }
        writer.WriteEndObject();
        writer.WriteString("registered_name", operation.Function);
    }

    private static void WriteLayer(Utf8JsonWriter writer, GraphLayer layer)
    {
        writer.WriteStartObject();
        switch (layer.Layer)
        {
            case Functional inner: WriteModelMembers(writer, inner); break;
            case Operation operation: WriteOperationMembers(writer, operation); break;
            default: SpecWriter.WriteMembers(writer, layer.Layer); break;
        }
        writer.WriteString("name", layer.Layer.Name);
        writer.WriteStartArray("inbound_nodes");
        foreach (var node in layer.InboundNodes)
        {
            writer.WriteStartObject();
            writer.WriteStartArray("args");
            foreach (var value in node.Args)
                WriteValue(writer, value);
            writer.WriteEndArray();
            writer.WriteStartObject("kwargs");
            foreach (var (name, value) in node.Kwargs)
            {
                writer.WritePropertyName(name);
                WriteValue(writer, value);
            }
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Keras counts a Functional's own first call there.</summary>
    private static void WriteEnds(Utf8JsonWriter writer, CallValue value, Functional model)
    {
        switch (value)
        {
            case TensorRef tensor:
                WriteReference(writer, tensor, model.Layers.Any(layer => layer.Layer is Functional && layer.Layer.Name == tensor.Layer) ? 1 : 0);
                break;
            case CallList list:
                writer.WriteStartArray();
                foreach (var item in list.Items)
                    WriteEnds(writer, item, model);
                writer.WriteEndArray();
                break;
            case CallTable table:
                writer.WriteStartObject();
                foreach (var (name, item) in table.Items)
                {
                    writer.WritePropertyName(name);
                    WriteEnds(writer, item, model);
                }
                writer.WriteEndObject();
                break;
            default:
                throw new NotSupportedException($"{value.GetType().Name} is no end of a graph.");
        }
    }

    private static void WriteReference(Utf8JsonWriter writer, TensorRef tensor, int offset)
    {
        writer.WriteStartArray();
        writer.WriteStringValue(tensor.Layer);
        writer.WriteNumberValue(tensor.Node + offset);
        writer.WriteNumberValue(tensor.Tensor);
        writer.WriteEndArray();
    }

    private static void WriteObject(Utf8JsonWriter writer, string className, Action config)
    {
        writer.WriteStartObject();
        writer.WriteString("class_name", className);
        writer.WriteStartObject("config");
        config();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteEdge(Utf8JsonWriter writer, string name, long? edge)
    {
        writer.WritePropertyName(name);
        SpecWriter.Write(writer, edge);
    }

    private static void WriteArray(Utf8JsonWriter writer, CallArray array, int axis, ref int next)
    {
        if (axis == array.Shape.Rank)
        {
            writer.WriteNumberValue(array.Values[next++]);
            return;
        }
        writer.WriteStartArray();
        for (var i = 0; i < array.Shape[axis]; i++)
            WriteArray(writer, array, axis + 1, ref next);
        writer.WriteEndArray();
    }
}
