using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Optimizers;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Distribution;
using TrainingService.Engine.Losses;
using TrainingService.Engine.Models;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Random;
using TrainingService.Engine.Training;
using static TorchSharp.torch;
using Pipeline = TrainingService.Engine.Datasets.Pipeline;

namespace TrainingService.Engine.Tests.Training;

/// <summary>A compiled model with rows that it can learn: squares of 8 by 8 whose left or right half is brighter.</summary>
internal sealed class Fitted : IDisposable
{
    private readonly Pipeline _rows;
    private readonly Trainer _trainer;
    private readonly Mirror? _mirror;

    public Fitted(ModelSpec spec, int rows = 64, int batchSize = 16, OptimizerSpec? optimizer = null, int replicas = 1, Loss? loss = null, bool weighted = false, long seed = 5)
    {
        var random = new RandomStreams(seed);
        _rows = new Pipeline(Squares(rows, weighted), [], batchSize, random, "train");
        Model = new Model(spec, _rows.FeatureShape, random, CPU);
        _mirror = replicas > 1 ? new Mirror(Model, random, [.. Enumerable.Repeat(CPU, replicas)], threads: replicas) : null;
        Optimizer = OptimizerTable.Build(optimizer ?? new Contracts.Optimizers.Sgd(Momentum: 0.9) { LearningRate = 0.05 }, Model.Parameters, Model.Spec.Name);
        _trainer = new Trainer(Model, Optimizer, loss ?? LossTable.Build(new Contracts.Losses.SparseCategoricalCrossentropy()), []) { Mirror = _mirror };
    }

    public Model Model { get; }

    public Optimizer Optimizer { get; }

    /// <summary>Trains, and gives the loss after each epoch.</summary>
    public double[] Epochs(int count, Action? afterEach = null)
    {
        List<double> losses = [];
        for (var epoch = 0; epoch < count; epoch++)
        {
            _trainer.Fit(_rows, new FitOptions { InitialEpoch = epoch, Epochs = epoch + 1 });
            losses.Add(_trainer.Evaluate(_rows)["loss"]);
            afterEach?.Invoke();
        }
        return [.. losses];
    }

    /// <summary>All weights one after the other.</summary>
    public float[] Weights() => [.. Model.Weights.SelectMany(weight => weight.Value.detach().to(float32).contiguous().data<float>().ToArray())];

    public static Sequential Cnn(params IEnumerable<LayerSpec> more) => new(
    [
        new Conv2D(8, [3, 3]) { Activation = Activation.Relu, Padding = Padding.Same }, new MaxPooling2D(), .. more,
        new Flatten(), new Dense(16, Activation.Relu), new Dense(2, Activation.Softmax),
    ]);

    public static Sequential Mlp(params IEnumerable<LayerSpec> more) => new([new Flatten(), new Dense(32, Activation.Relu), .. more, new Dense(2, Activation.Softmax)]);

    public static Sequential Lstm() => new([new Reshape([8, 8]), new LSTM(8), new Dense(2, Activation.Softmax)]);

    public static Rows Squares(int rows, bool weighted = false)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7, CPU);
        var labels = arange(rows).remainder(2);
        var side = labels.to(float32).view(rows, 1, 1, 1);
        var half = arange(8).ge(4).to(float32).view(1, 1, 8, 1);
        var images = rand([rows, 8, 8, 1], generator: generator) * 0.5 + side * half + (1 - side) * (1 - half);
        var weights = weighted ? (rand([rows], generator: generator) + 0.5).DetachFromDisposeScope() : null;
        return new Rows(images.DetachFromDisposeScope(), labels.DetachFromDisposeScope(), weights);
    }

    public void Dispose()
    {
        _trainer.Dispose();
        Optimizer.Dispose();
        _mirror?.Dispose();
        Model.Dispose();
        _rows.Dispose();
    }
}
