using System.Text.Json;
using TorchSharp;
using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Optimizers;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Losses;
using TrainingService.Engine.Metrics;
using TrainingService.Engine.Models;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Random;
using TrainingService.Engine.Training;

namespace TrainingService.Engine.Tests.Conformance;

/// <summary>The model of a case, compiled as its Keras JSON says.</summary>
internal sealed class CompiledModel : IDisposable
{
    public CompiledModel(JsonElement item, string weights)
    {
        var random = new RandomStreams(1);
        var compile = item.GetProperty("model").GetProperty("compile_config");
        Data = Rows(item.GetProperty("x"), item.GetProperty("y"), BatchSize(item), random);
        Model = new Model(Keras.Read<ModelSpec>(item.GetProperty("model")), Data.FeatureShape, random, torch.CPU);
        foreach (var given in item.GetProperty(weights).EnumerateArray())
            Weight(given).Assign(Keras.Tensor(given));
        Optimizer = OptimizerTable.Build(Keras.Read<OptimizerSpec>(compile.GetProperty("optimizer")), Model.Parameters);
        var metrics = Keras.Has(compile, "metrics", out var named) ? named.EnumerateArray().Select(Keras.Read<MetricSpec>) : [];
        Trainer = new Trainer(
            Model, Optimizer, LossTable.Build(Keras.Read<LossSpec>(compile.GetProperty("loss"))),
            [.. metrics.Select(metric => MetricTable.Build(metric, Data.LabelShape, Model.OutputShape))]);
    }

    public Pipeline Data { get; }

    public Model Model { get; }

    public Optimizer Optimizer { get; }

    public Trainer Trainer { get; }

    /// <summary>A weight by its Keras path, which begins with the model's name.</summary>
    public Weight Weight(JsonElement named) =>
        Model.Weights.Single(weight => named.GetProperty("path").GetString()!.EndsWith("/" + weight.Path, StringComparison.Ordinal));

    public static Pipeline Rows(JsonElement x, JsonElement y, int batchSize, RandomStreams random) =>
        new(new Rows(Keras.Tensor(x).DetachFromDisposeScope(), Keras.Tensor(y).DetachFromDisposeScope()), [], batchSize, random, "train");

    private static int BatchSize(JsonElement item) => (item.TryGetProperty("fit", out var fit) ? fit : item).GetProperty("batch_size").GetInt32();

    public void Dispose()
    {
        Trainer.Dispose();
        Optimizer.Dispose();
        Model.Dispose();
        Data.Dispose();
    }
}
