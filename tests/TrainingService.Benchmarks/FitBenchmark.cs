using System.Diagnostics;
using TorchSharp;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Distribution;
using TrainingService.Engine.Losses;
using TrainingService.Engine.Metrics;
using TrainingService.Engine.Models;
using TrainingService.Engine.Native;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Precision;
using TrainingService.Engine.Random;
using TrainingService.Engine.Training;
using Batch = TrainingService.Contracts.Datasets.Batch;

namespace TrainingService.Benchmarks;

/// <summary>Images a second of <c>fit</c> and of a hand-written TorchSharp loop over the same network, round by round in one process.</summary>
internal static class FitBenchmark
{
    private const int Rounds = 5;
    private const int RowsPerRound = 6_400;

    private static readonly int Threads = Math.Min(2, Environment.ProcessorCount);

    private static readonly DatasetInfo Mnist = new(
        "mnist", "Digits", new Dictionary<string, long> { ["train"] = 60_000 }, new Shape(28, 28), "uint8", new Shape(), "uint8", 10, "", "");

    /// <param name="batchSize">Rows per batch.</param>
    /// <param name="name">Name in the report.</param>
    /// <param name="network">What is trained.</param>
    /// <param name="policy">Dtype policy of our model; the hand-written loop always computes in float32. Null is float32.</param>
    /// <param name="replicas">Copies that share our batches, each with its part of the threads.</param>
    public static Task RunAsync(int batchSize, string name, Network network = Network.Convolutional, string? policy = null, int replicas = 1)
    {
        NativeTorch.EnsureLoaded();
        torch.set_num_threads(Threads);
        var location = new DatasetLocation(Mnist, Folder());
        using var fit = new FitLoop(DatasetReader.Read(location, "train"), batchSize, RowsPerRound, network, policy, replicas);
        using var byHand = new HandWrittenLoop(DatasetReader.Read(location, "train"), batchSize, RowsPerRound, network);
        fit.Round();
        byHand.Round();
        List<double> ours = [], theirs = [];
        for (var round = 0; round < Rounds; round++)
        {
            ours.Add(ImagesPerSecond(fit.Round));
            torch.set_num_threads(Threads); // replicas leave their own number
            theirs.Add(ImagesPerSecond(byHand.Round));
            torch.set_num_threads(Threads / replicas);
        }
        Report.Line(name, Report.Median(ours), Report.Median(theirs), "images/s");
        return Task.CompletedTask;
    }

    private static double ImagesPerSecond(Action round)
    {
        var watch = Stopwatch.StartNew();
        round();
        return RowsPerRound / watch.Elapsed.TotalSeconds;
    }

    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "deploy", "datasets", "mnist");
            if (Directory.Exists(candidate))
                return candidate;
        }
        throw new DirectoryNotFoundException("deploy/datasets/mnist was not found above the program.");
    }

    /// <summary>The service's own loop, as a job runs it: pipeline with prefetch, loss and accuracy, progress and callbacks possible.</summary>
    private sealed class FitLoop : IDisposable
    {
        private readonly Pipeline _data;
        private readonly Model _model;
        private readonly Optimizer _optimizer;
        private readonly Trainer _trainer;
        private readonly Mirror? _mirror;

        public FitLoop(Rows rows, int batchSize, int rowsPerRound, Network network, string? policy, int replicas)
        {
            var random = new RandomStreams(42);
            _data = new Pipeline(
                rows,
                [new Map(new Contracts.Layers.Rescaling(1 / 255.0)), new Map(new Contracts.Layers.Reshape([28, 28, 1])), new Cache(),
                    new Shuffle(60_000), new Take(rowsPerRound), new Batch(batchSize), new Prefetch()],
                batchSize, random, "train");
            _model = new Model(MixedPrecision.Apply(network == Network.Convolutional ? Convolutional() : Dense(), policy), _data.FeatureShape, random, torch.CPU);
            _mirror = replicas > 1 ? new Mirror(_model, random, [.. Enumerable.Repeat(torch.CPU, replicas)], Threads) : null;
            _optimizer = OptimizerTable.Build(new Contracts.Optimizers.Adam(), _model.Parameters);
            _trainer = new Trainer(
                _model, _optimizer, LossTable.Build(new Contracts.Losses.SparseCategoricalCrossentropy()),
                [MetricTable.Build(new Contracts.Metrics.AccuracyByShape(), _data.LabelShape, _model.OutputShape)]) { Mirror = _mirror };
        }

        private static Sequential Convolutional() => new(
        [
            new InputLayer(new Shape(null, 28, 28, 1)),
            new Conv2D(32, [3, 3]) { Activation = Activation.Relu },
            new MaxPooling2D(),
            new Conv2D(64, [3, 3]) { Activation = Activation.Relu },
            new MaxPooling2D(),
            new Flatten(),
            new Dense(128, Activation.Relu),
            new Dropout(0.5),
            new Dense(10, Activation.Softmax),
        ]);

        private static Sequential Dense() => new([new Flatten(), new Dense(512, Activation.Relu), new Dense(512, Activation.Relu), new Dense(10, Activation.Softmax)]);

        public void Round() => _trainer.Fit(_data, new FitOptions());

        public void Dispose()
        {
            _trainer.Dispose();
            _optimizer.Dispose();
            _mirror?.Dispose();
            _model.Dispose();
            _data.Dispose();
        }
    }

    /// <summary>What one writes with TorchSharp: NCHW modules, torch's Adam, cross_entropy on logits, index-select batches, the same two figures.</summary>
    private sealed class HandWrittenLoop : IDisposable
    {
        private readonly torch.Tensor _images, _labels;
        private readonly torch.nn.Module<torch.Tensor, torch.Tensor> _network;
        private readonly torch.optim.Optimizer _optimizer;
        private readonly int _batchSize, _rowsPerRound;

        public HandWrittenLoop(Rows rows, int batchSize, int rowsPerRound, Network network)
        {
            (_batchSize, _rowsPerRound) = (batchSize, rowsPerRound);
            using var scope = torch.NewDisposeScope();
            _images = (rows.Features.unsqueeze(1).to(torch.float32) / 255).DetachFromDisposeScope(); // (rows, 1, 28, 28)
            _labels = rows.Labels.clone().DetachFromDisposeScope();
            rows.Dispose();
            _network = network == Network.Dense
                ? torch.nn.Sequential(
                    torch.nn.Flatten(), torch.nn.Linear(784, 512), torch.nn.ReLU(), torch.nn.Linear(512, 512), torch.nn.ReLU(), torch.nn.Linear(512, 10))
                : torch.nn.Sequential(
                    torch.nn.Conv2d(1, 32, 3), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
                    torch.nn.Conv2d(32, 64, 3), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
                    torch.nn.Flatten(), torch.nn.Linear(1_600, 128), torch.nn.ReLU(), torch.nn.Dropout(0.5), torch.nn.Linear(128, 10));
            _optimizer = torch.optim.Adam(_network.parameters(), lr: 0.001);
        }

        public void Round()
        {
            using var round = torch.NewDisposeScope();
            _network.train();
            var order = torch.randperm(_images.shape[0], dtype: torch.int64);
            torch.Tensor lossSum = torch.zeros(1), correct = torch.zeros(1, torch.int64);
            for (var start = 0; start < _rowsPerRound; start += _batchSize)
            {
                using var step = torch.NewDisposeScope();
                var rows = order.narrow(0, start, Math.Min(_batchSize, _rowsPerRound - start));
                var (x, y) = (_images.index_select(0, rows), _labels.index_select(0, rows));
                _optimizer.zero_grad();
                var outputs = _network.call(x);
                var loss = torch.nn.functional.cross_entropy(outputs, y);
                loss.backward();
                _optimizer.step();
                lossSum.add_(loss.detach() * rows.shape[0]);
                correct.add_(outputs.argmax(1).eq(y).sum());
            }
            if (!float.IsFinite(lossSum.item<float>()) || correct.item<long>() == 0)
                throw new InvalidOperationException("the hand-written loop learns nothing.");
        }

        public void Dispose()
        {
            _optimizer.Dispose();
            _network.Dispose();
            _images.Dispose();
            _labels.Dispose();
        }
    }
}

/// <summary>What a fit benchmark trains.</summary>
internal enum Network
{
    /// <summary>The tutorial's two convolutions and two dense layers.</summary>
    Convolutional,

    /// <summary>784-512-512-10.</summary>
    Dense,
}
