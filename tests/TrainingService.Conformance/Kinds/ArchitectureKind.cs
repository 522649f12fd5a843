using System.Text.Json;
using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Models;
using TrainingService.Engine.Random;

namespace TrainingService.Conformance.Kinds;

/// <summary>A model's parameters and shapes, layer by layer: in the dry run without torch, and in the engine.</summary>
internal static class ArchitectureKind
{
    public static void Check(ConformanceCase given)
    {
        var spec = ConformanceCase.Read<ModelSpec>(given["model"]);
        var expected = given["expected"];

        var walk = ModelWalk.Through(spec);
        CheckSummary(expected, walk.Summary());
        if (expected.Has("num_weights", out var count))
            ConformanceCase.Same(count.GetInt32(), walk.Steps.Sum(step => step.Weights.Count), "number of weights");
        if (expected.Has("input_shape", out var shape))
            ConformanceCase.Same(Text(Shapes(shape)), Text(walk.Inputs.Select(input => input.Shape)), "input shape");
        if (expected.Has("output_shape", out shape))
            ConformanceCase.Same(Text(Shapes(shape)), Text(walk.Outputs.Select(output => output.Shape)), "output shape");

        using var model = new Model(spec, inputShapes: null, new RandomStreams(1), torch.CPU);
        ConformanceCase.Same(expected.GetProperty("total_params").GetInt64(), model.TotalParams, "parameters of the engine");
        ConformanceCase.Same(expected.GetProperty("trainable_params").GetInt64(), model.TrainableParams, "trainable parameters of the engine");
        CheckCall(walk, model);
    }

    /// <summary>The shapes that the engine really makes are those of the dry run.</summary>
    private static void CheckCall(ModelWalk walk, Model model)
    {
        using var noGrad = torch.no_grad();
        var inputs = walk.Inputs.Select(input => new Engine.Layers.KerasTensor(Example(input))).ToArray();
        var real = ModelWalk.Through(walk.Origin, [.. inputs.Select(input => CallCase.ShapeOf(input.Value))]);
        var outputs = model.Call(inputs, new Engine.Layers.CallContext(training: false));
        ConformanceCase.Same(walk.Outputs.Count, outputs.Count, "number of outputs");
        foreach (var (promised, output) in real.Outputs.Zip(outputs))
        {
            if (!promised.Shape.IsCompatibleWith(CallCase.ShapeOf(output.Value)))
                throw new DifferenceException($"{promised.Name}: {promised.Shape} was promised. Received: {CallCase.ShapeOf(output.Value)}.");
        }
    }

    private static torch.Tensor Example(ModelTensor input)
    {
        long[] sizes = [.. input.Shape.Select((size, axis) => size ?? (axis == 0 ? 1 : input.Shape.Rank == 4 ? 64 : 16))];
        // Zeros are row 0 of every embedding.
        return input.Dtype.Contains("int", StringComparison.Ordinal) ? torch.zeros(sizes, torch.int64) : torch.zeros(sizes);
    }

    private static void CheckSummary(JsonElement expected, ModelSummary summary)
    {
        ConformanceCase.Same(expected.GetProperty("total_params").GetInt64(), summary.TotalParams, "total_params");
        ConformanceCase.Same(expected.GetProperty("trainable_params").GetInt64(), summary.TrainableParams, "trainable_params");
        ConformanceCase.Same(expected.GetProperty("non_trainable_params").GetInt64(), summary.NonTrainableParams, "non_trainable_params");
        var rows = expected.GetProperty("layers").EnumerateArray().ToList();
        ConformanceCase.Same(string.Join(", ", rows.Select(row => row.GetProperty("name").GetString())), string.Join(", ", summary.Layers.Select(layer => layer.Name)), "layers");
        foreach (var (row, layer) in rows.Zip(summary.Layers))
        {
            ConformanceCase.Same(row.GetProperty("class_name").GetString(), layer.ClassName, $"class of {layer.Name}");
            ConformanceCase.Same(row.GetProperty("params").GetInt64(), layer.Params, $"params of {layer.Name}");
            ConformanceCase.Same(Text(row.GetProperty("weight_shapes").EnumerateArray().SelectMany(Shapes)), Text(layer.WeightShapes), $"weights of {layer.Name}");
            if (row.Has("output_shape", out var shape))
                ConformanceCase.Same(Text(Shapes(shape)), Text(layer.OutputShapes ?? [layer.OutputShape]), $"output shape of {layer.Name}");
        }
    }

    private static string Text(IEnumerable<Shape> shapes) => string.Join(", ", shapes);

    /// <summary>One shape, or several in lists or dicts.</summary>
    private static IEnumerable<Shape> Shapes(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal).SelectMany(member => Shapes(member.Value)),
        JsonValueKind.Array when json.GetArrayLength() > 0 && json[0].ValueKind is JsonValueKind.Array or JsonValueKind.Object => json.EnumerateArray().SelectMany(Shapes),
        _ => [new Shape(json.EnumerateArray().Select(size => size.ValueKind == JsonValueKind.Null ? (long?)null : size.GetInt64()))],
    };
}
