using System.Text.Json;
using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Random;

namespace TrainingService.Conformance.Kinds;

/// <summary>A layer with given weights, called once or several times.</summary>
internal static class LayerKinds
{
    /// <summary>One call: values, masks, and the weights afterwards.</summary>
    public static void Check(ConformanceCase given)
    {
        var spec = given.Spec<LayerSpec>();
        var call = new CallCase(spec, given["args"], given["kwargs"], given.Has("input_masks", out var masks) ? masks : null);
        using var noGrad = torch.no_grad();
        using var layer = Build(given, spec, call);

        var outputs = layer.Apply(new CallContext(layer.TrainsByDefault).For(call.Form, call.Tensors));

        CompareOutputs(given, given["expected"], layer.OutputShapes, outputs, "output");
        CompareMasks(given, outputs);
        if (given.Has("weights_after", out var after))
            CompareWeights(given, layer, after);
    }

    /// <summary>Several calls of one layer that remembers something.</summary>
    public static void CheckSequence(ConformanceCase given)
    {
        var spec = given.Spec<LayerSpec>();
        using var noGrad = torch.no_grad();
        var calls = given["calls"].EnumerateArray().ToList();
        var first = calls.First(step => step.GetProperty("op").GetString() == "call");
        using var layer = Build(given, spec, CaseOf(spec, first));
        for (var number = 0; number < calls.Count; number++)
        {
            switch (calls[number].GetProperty("op").GetString())
            {
                case "call":
                    var call = CaseOf(spec, calls[number]);
                    var outputs = layer.Apply(new CallContext(layer.TrainsByDefault).For(call.Form, call.Tensors));
                    CompareOutputs(given, calls[number].GetProperty("expected"), layer.OutputShapes, outputs, $"output of call {number}");
                    break;
                case "reset_state" or "reset_states":
                    layer.ResetState();
                    break;
                case var other:
                    throw new DifferenceException($"there is no operation {other}.");
            }
            if (calls[number].Has("weights_after", out var after))
                CompareWeights(given, layer, after);
        }
    }

    private static CallCase CaseOf(LayerSpec spec, JsonElement step) =>
        new(spec, step.GetProperty("args"), step.Has("kwargs", out var kwargs) ? kwargs : JsonDocument.Parse("{}").RootElement, step.Has("input_masks", out var masks) ? masks : null);

    private static Layer Build(ConformanceCase given, LayerSpec spec, CallCase call)
    {
        var layer = LayerTable.Build(spec, new LayerContext("layer", call.InputShapes, spec.Trainable, new RandomStreams(1), torch.CPU) { Call = call.Call });
        var weights = given["weights"].EnumerateArray().ToList();
        var expected = string.Join(", ", weights.Select(Describe));
        var received = string.Join(", ", layer.Weights.Select(weight => $"{weight.Name}{new Shape(weight.Shape.Select(size => (long?)size))}{(weight.Trainable ? "" : " fixed")}"));
        ConformanceCase.Same(expected, received, "weights");
        foreach (var (weight, values) in layer.Weights.Zip(weights))
            weight.Assign(Tensors.Read(values));
        return layer;
    }

    private static string Describe(JsonElement weight)
    {
        var shape = new Shape(weight.GetProperty("shape").EnumerateArray().Select(size => (long?)size.GetInt64()));
        return $"{weight.GetProperty("path").GetString()}{shape}{(weight.GetProperty("trainable").GetBoolean() ? "" : " fixed")}";
    }

    private static void CompareOutputs(ConformanceCase given, JsonElement json, IReadOnlyList<Shape> promised, IReadOnlyList<KerasTensor> outputs, string what)
    {
        var expected = CallCase.Flatten(json).ToList();
        ConformanceCase.Same(expected.Count, outputs.Count, $"number of outputs of {what}");
        ConformanceCase.Same(expected.Count, promised.Count, $"number of promised outputs of {what}");
        for (var i = 0; i < expected.Count; i++)
        {
            given.Close(expected[i], outputs[i].Value, expected.Count == 1 ? what : $"{what} {i}");
            if (!promised[i].IsCompatibleWith(CallCase.ShapeOf(outputs[i].Value)))
                throw new DifferenceException($"{what}: {promised[i]} was promised. Received: {CallCase.ShapeOf(outputs[i].Value)}.");
        }
    }

    private static void CompareMasks(ConformanceCase given, IReadOnlyList<KerasTensor> outputs)
    {
        var stated = given.Has("output_masks", out var masks);
        if (!stated && given["origin"].GetString() == "reference")
            return; // cases of Keras's tests state every mask there is, the others those that they are about
        var expected = stated ? masks.EnumerateArray().ToList() : [];
        for (var i = 0; i < outputs.Count; i++)
        {
            var mask = outputs[i].Mask;
            if (i < expected.Count && expected[i].ValueKind != JsonValueKind.Null)
                given.Close(Tensors.Read(expected[i]), mask ?? throw new DifferenceException($"expected a mask of output {i}. Received: none."), $"mask of output {i}");
            else if (mask is not null)
                throw new DifferenceException($"expected no mask of output {i}. Received: one of shape {CallCase.ShapeOf(mask)}.");
        }
    }

    private static void CompareWeights(ConformanceCase given, Layer layer, JsonElement expected)
    {
        ConformanceCase.Same(expected.GetArrayLength(), layer.Weights.Count, "number of weights");
        foreach (var (weight, values) in layer.Weights.Zip(expected.EnumerateArray()))
            given.Close(Tensors.Read(values), weight.Value, $"{weight.Name} afterwards");
    }
}
