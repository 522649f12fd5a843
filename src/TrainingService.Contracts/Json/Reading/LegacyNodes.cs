using System.Text.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Operations;

namespace TrainingService.Contracts.Json.Reading;

/// <summary>Calls as Keras 2 and TensorFlow.js write them: <c>[["dense", 0, 0, {"mask": …}], …]</c>.</summary>
internal static class LegacyNodes
{
    /// <summary>TensorFlow's mark of a plain value where a tensor is expected.</summary>
    private const string ConstantMark = "_CONSTANT_VALUE";

    public static NodeSpec Read(JsonElement node, LayerSpec? layer, string pointer, CallValueReader values, ReadContext context)
    {
        var kwargs = new Dictionary<string, CallValue>(StringComparer.Ordinal);
        var first = node.ValueKind switch
        {
            JsonValueKind.Array when IsInput(node) => Input(node, pointer),
            JsonValueKind.Array => Several([.. node.EnumerateArray().Select((item, index) => Input(item, Pointers.Child(pointer, index)))]),
            JsonValueKind.Object => new CallTable([.. node.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal)
                .Select(member => KeyValuePair.Create(member.Name, Input(member.Value, Pointers.Child(pointer, member.Name))))]),
            _ => Refuse(node, pointer),
        };
        // Keras 2 puts a recurrent layer's initial states among its inputs.
        if (layer is not null && first is CallList { Items.Count: > 1 } list && layer.CallParameters.Contains("initial_state"))
        {
            kwargs["initial_state"] = new CallList([.. list.Items.Skip(1)]);
            first = list.Items[0];
        }
        if (layer is Operation { Module: "tensorflow" } operation && OperationTable.Names.Contains(operation.Function))
        {
            // TensorFlow's names of parameters become Keras's; the name of the operation itself is none.
            kwargs = kwargs.Where(argument => argument.Key != "name" && argument.Value is not CallConstant { Value: null })
                .ToDictionary(argument => TensorFlowOperations.Parameter(operation, argument.Key), argument => argument.Value, StringComparer.Ordinal);
        }
        return new NodeSpec([first], kwargs);

        CallValue Input(JsonElement input, string place)
        {
            if (!IsInput(input))
                return input.ValueKind == JsonValueKind.Array && input.GetArrayLength() > 0
                    ? new CallList([.. input.EnumerateArray().Select((item, index) => Input(item, Pointers.Child(place, index)))])
                    : Refuse(input, place);
            if (input.GetArrayLength() == 4 && input[3].ValueKind == JsonValueKind.Object)
            {
                foreach (var argument in input[3].EnumerateObject())
                    kwargs[argument.Name] = values.ReadLegacy(argument.Value, Pointers.Child($"{place}/3", argument.Name));
            }
            return input[0].ValueEquals(ConstantMark) ? values.ReadLegacy(input[2], $"{place}/2") : CallValueReader.Reference(input);
        }

        CallValue Refuse(JsonElement json, string place)
        {
            context.Add(place, ViolationCodes.WrongType, $"expected a call: a list of [\"layer\", 0, 0, {{}}], or an object with args and kwargs. Received: {Received.Text(json)}.");
            return CallValue.None;
        }
    }

    private static CallValue Several(IReadOnlyList<CallValue> inputs) => inputs.Count == 1 ? inputs[0] : new CallList(inputs);

    private static bool IsInput(JsonElement json) =>
        CallValueReader.IsReference(json)
        || (json.ValueKind == JsonValueKind.Array && json.GetArrayLength() is 3 or 4 && json[0].ValueKind == JsonValueKind.String && json[0].ValueEquals(ConstantMark));
}
