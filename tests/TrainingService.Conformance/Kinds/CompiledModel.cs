using System.Text.Json;
using TorchSharp;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Optimizers;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Models;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Random;
using TrainingService.Engine.Training;
using Pipeline = TrainingService.Engine.Datasets.Pipeline;

namespace TrainingService.Conformance.Kinds;

/// <summary>The model of a case, with the case's weights, compiled as its Keras JSON says.</summary>
internal sealed class CompiledModel : IDisposable
{
    /// <param name="given">The case.</param>
    /// <param name="weights">Member of the case that holds the weights.</param>
    /// <param name="rows">The rows to learn from.</param>
    /// <param name="dtype">What to compute in.</param>
    public CompiledModel(ConformanceCase given, string weights, Rows rows, torch.ScalarType dtype)
    {
        var random = new RandomStreams(1);
        var spec = ConformanceCase.Read<ModelSpec>(given["model"]);
        var compile = ConformanceCase.Read<CompileSpec>(given["model"].GetProperty("compile_config"));
        Model = new Model(spec, [Batch(rows.Features), .. rows.MoreFeatures.Select(Batch)], random, torch.CPU, dtype);
        Compare(given[weights], (weight, values, _) => weight.Assign(values));
        Optimizer = OptimizerTable.Build(compile.Optimizer ?? new Contracts.Optimizers.RmsProp(), Model.Parameters);
        Trainer = new Trainer(Model, Optimizer, TrainedOutput.Build(compile, Model.Walk, [Batch(rows.Labels), .. rows.MoreLabels.Select(Batch)]));
    }

    public Model Model { get; }

    public Optimizer Optimizer { get; }

    public Trainer Trainer { get; }

    /// <summary>Goes through the case's weights, in Keras's order, and the model's.</summary>
    public void Compare(JsonElement weights, Action<Weight, torch.Tensor, JsonElement> each)
    {
        ConformanceCase.Same(weights.GetArrayLength(), Model.Weights.Count, "number of weights");
        foreach (var (json, weight) in weights.EnumerateArray().Zip(Model.Weights))
        {
            // Keras puts the name of a Sequential in front, and leaves out that of a Functional inside another model.
            var path = json.GetProperty("path").GetString()!;
            if (!$"/{path}".EndsWith($"/{weight.Path}", StringComparison.Ordinal) && !$"/{weight.Path}".EndsWith($"/{path}", StringComparison.Ordinal))
                throw new DifferenceException($"weight: expected {path}. Received: {weight.Path}.");
            each(weight, Tensors.Read(json), json);
        }
    }

    /// <summary>Arrays of a case: one, a list, or a dict by the names of inputs or outputs.</summary>
    public static Rows Rows(JsonElement x, JsonElement y, JsonElement? sampleWeight, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs)
    {
        var features = Arrays(x, inputs);
        var labels = Arrays(y, outputs);
        var weights = sampleWeight is { ValueKind: not JsonValueKind.Null } given ? Arrays(given, outputs) : [null];
        return new Rows(features[0]!, labels[0]!, weights[0])
        {
            MoreFeatures = [.. features.Skip(1).Select(each => each!)],
            MoreLabels = [.. labels.Skip(1).Select(each => each!)],
            MoreSampleWeights = weights.Skip(1).ToList(),
        };
    }

    public static Pipeline Pipeline(Rows rows, int batchSize) => new(rows, [], batchSize, new RandomStreams(1), "rows");

    private static List<torch.Tensor?> Arrays(JsonElement json, IReadOnlyList<string> names) => json.ValueKind switch
    {
        JsonValueKind.Null => [null],
        JsonValueKind.Array => [.. json.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Null ? null : Tensors.Read(item).DetachFromDisposeScope())],
        JsonValueKind.Object when json.TryGetProperty("dict", out var dict) =>
            [.. names.Where(name => dict.TryGetProperty(name, out _)).Select(name => Tensors.Read(dict.GetProperty(name)).DetachFromDisposeScope())],
        _ => [Tensors.Read(json).DetachFromDisposeScope()],
    };

    private static Shape Batch(torch.Tensor rows) => new([null, .. rows.shape.Skip(1).Select(size => (long?)size)]);

    public void Dispose()
    {
        Trainer.Dispose();
        Optimizer.Dispose();
        Model.Dispose();
    }
}
