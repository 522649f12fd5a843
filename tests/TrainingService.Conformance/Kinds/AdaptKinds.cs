using System.Text.Json;
using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Random;

namespace TrainingService.Conformance.Kinds;

/// <summary>Layers that learn from data, and layers that take texts.</summary>
internal static class AdaptKinds
{
    /// <summary>Adapts to data, then applies to an input: numbers only.</summary>
    public static void CheckAdapt(ConformanceCase given)
    {
        var spec = given.Spec<LayerSpec>();
        var data = Tensors.Read(given["adapt"]);
        using var noGrad = torch.no_grad();
        using var layer = Build(spec, CallCase.ShapeOf(data));
        var adaptable = (IAdaptable)layer;
        adaptable.Reset();
        adaptable.Update(new TensorValue(data));
        adaptable.Finish();

        var y = layer.Call(Tensors.Read(given["input"]), new CallContext(layer.TrainsByDefault));

        given.Close(Tensors.Read(given["expected"]), y, "output");
        foreach (var name in new[] { "mean", "variance" })
        {
            if (given.Has($"expected_{name}", out var expected))
                given.Close(Tensors.Read(expected).flatten(), layer.Weights.Single(weight => weight.Name == name).Value.flatten(), name);
        }
        if (given.Has("expected_bin_boundaries", out var boundaries))
        {
            var learned = ((Engine.Layers.Discretization)layer).BinBoundaries!;
            given.Close(torch.tensor(boundaries.EnumerateArray().Select(Tensors.Number).ToArray()), torch.tensor(learned.ToArray()), "bin_boundaries");
        }
    }

    /// <summary>Perhaps adapts, then applies to texts or whole numbers; HashedCrossing takes a list of columns.</summary>
    public static void CheckLookup(ConformanceCase given)
    {
        var spec = given.Spec<LayerSpec>();
        var inputs = spec is Contracts.Layers.HashedCrossing ? given["input"].EnumerateArray().Select(Value).ToList() : [Value(given["input"])];
        using var noGrad = torch.no_grad();
        using var layer = LayerTable.Build(
            spec, new LayerContext("layer", [.. inputs.Select(input => new Shape(input.Dims.Select(size => (long?)size)))], spec.Trainable, new RandomStreams(1), torch.CPU));
        if (given.Has("adapt", out var data))
        {
            var adaptable = (IAdaptable)layer;
            adaptable.Reset();
            adaptable.Update(Value(data));
            adaptable.Finish();
        }

        var output = ((IHostLayer)layer).Apply(inputs);

        if (output is TextValue texts)
            ConformanceCase.Same(string.Join("|", Texts(given["expected"])), string.Join("|", texts.Values), "output");
        else
            given.Close(Tensors.ReadNested(given["expected"], "float32"), ((TensorValue)output).Tensor, "output");
    }

    private static Layer Build(LayerSpec spec, Shape input) =>
        LayerTable.Build(spec, new LayerContext("layer", input.With(0, null), spec.Trainable, new RandomStreams(1), torch.CPU));

    private static HostValue Value(JsonElement json)
    {
        var leaf = json;
        List<long> dims = [];
        while (leaf.ValueKind == JsonValueKind.Array)
        {
            dims.Add(leaf.GetArrayLength());
            leaf = leaf[0];
        }
        return leaf.ValueKind == JsonValueKind.String ? new TextValue([.. Texts(json)], dims) : new TensorValue(Tensors.ReadNested(json, "int64"));
    }

    private static IEnumerable<string> Texts(JsonElement json) => json.ValueKind == JsonValueKind.Array ? json.EnumerateArray().SelectMany(Texts) : [json.GetString()!];
}
