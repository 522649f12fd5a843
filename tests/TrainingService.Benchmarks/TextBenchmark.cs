using System.Diagnostics;
using TorchSharp;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Losses;
using TrainingService.Engine.Metrics;
using TrainingService.Engine.Models;
using TrainingService.Engine.Native;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Random;
using TrainingService.Engine.Training;
using Batch = TrainingService.Contracts.Datasets.Batch;
using Pipeline = TrainingService.Engine.Datasets.Pipeline;

namespace TrainingService.Benchmarks;

/// <summary>
/// Texts a second of <c>fit</c> and of a hand-written TorchSharp loop over the same network, round by round in one process: words to vectors,
/// an LSTM, a decision between two classes.
/// </summary>
internal static class TextBenchmark
{
    private const int Rounds = 5;
    private const int RowsPerRound = 1_920;
    private const int BatchSize = 64;
    private const int Words = 10_000;
    private const int Length = 100;
    private const int Size = 64;

    public static Task RunAsync()
    {
        NativeTorch.EnsureLoaded();
        torch.set_num_threads(Math.Min(2, Environment.ProcessorCount));
        using var fit = new FitLoop(Texts());
        using var byHand = new HandWrittenLoop(Texts());
        fit.Round();
        byHand.Round();
        List<double> ours = [], theirs = [];
        for (var round = 0; round < Rounds; round++)
        {
            ours.Add(TextsPerSecond(fit.Round));
            theirs.Add(TextsPerSecond(byHand.Round));
        }
        Report.Line("fit_lstm_text", Report.Median(ours), Report.Median(theirs), "texts/s");
        return Task.CompletedTask;
    }

    private static double TextsPerSecond(Action round)
    {
        var watch = Stopwatch.StartNew();
        round();
        return RowsPerRound / watch.Elapsed.TotalSeconds;
    }

    /// <summary>Word numbers at random; the class says whether most of them are in the upper half.</summary>
    private static Rows Texts()
    {
        using var scope = torch.NewDisposeScope();
        using var generator = new torch.Generator(42);
        var words = torch.randint(0, Words, [4 * RowsPerRound, Length], torch.int64, generator: generator); // (rows, length)
        var classes = words.ge(Words / 2).sum(1).gt(Length / 2).to(torch.int64);
        return new Rows(words.DetachFromDisposeScope(), classes.DetachFromDisposeScope());
    }

    /// <summary>The service's own loop, as a job runs it.</summary>
    private sealed class FitLoop : IDisposable
    {
        private readonly Pipeline _data;
        private readonly Model _model;
        private readonly Optimizer _optimizer;
        private readonly Trainer _trainer;

        public FitLoop(Rows rows)
        {
            var random = new RandomStreams(42);
            _data = new Pipeline(rows, [new Shuffle(4 * RowsPerRound), new Take(RowsPerRound), new Batch(BatchSize), new Prefetch()], BatchSize, random, "train");
            _model = new Model(new Sequential(
            [
                new InputLayer(new Shape(null, Length)),
                new Embedding(Words, Size),
                new LSTM(Size),
                new Dense(2, Activation.Softmax),
            ]), _data.FeatureShape, random, torch.CPU);
            _optimizer = OptimizerTable.Build(new Contracts.Optimizers.Adam(), _model.Parameters);
            _trainer = new Trainer(
                _model, _optimizer, LossTable.Build(new Contracts.Losses.SparseCategoricalCrossentropy()),
                [MetricTable.Build(new Contracts.Metrics.AccuracyByShape(), _data.LabelShape, _model.OutputShape)]);
        }

        public void Round() => _trainer.Fit(_data, new FitOptions());

        public void Dispose()
        {
            _trainer.Dispose();
            _optimizer.Dispose();
            _model.Dispose();
            _data.Dispose();
        }
    }

    /// <summary>What one writes with TorchSharp: its modules, its Adam, cross_entropy on logits, index-select batches, the same two figures.</summary>
    private sealed class HandWrittenLoop : IDisposable
    {
        private readonly Rows _rows;
        private readonly TorchSharp.Modules.Embedding _embedding = torch.nn.Embedding(Words, Size);
        private readonly TorchSharp.Modules.LSTM _lstm = torch.nn.LSTM(Size, Size, batchFirst: true);
        private readonly TorchSharp.Modules.Linear _dense = torch.nn.Linear(Size, 2);
        private readonly torch.optim.Optimizer _optimizer;

        public HandWrittenLoop(Rows rows)
        {
            _rows = rows;
            _optimizer = torch.optim.Adam([.. _embedding.parameters(), .. _lstm.parameters(), .. _dense.parameters()], lr: 0.001);
        }

        public void Round()
        {
            using var round = torch.NewDisposeScope();
            var order = torch.randperm(_rows.Count, dtype: torch.int64);
            torch.Tensor lossSum = torch.zeros(1), correct = torch.zeros(1, torch.int64);
            for (var start = 0; start < RowsPerRound; start += BatchSize)
            {
                using var step = torch.NewDisposeScope();
                var rows = order.narrow(0, start, Math.Min(BatchSize, RowsPerRound - start));
                var (x, y) = (_rows.Features.index_select(0, rows), _rows.Labels.index_select(0, rows));
                _optimizer.zero_grad();
                var (states, _, _) = _lstm.call(_embedding.call(x)); // (batch, length, size)
                var outputs = _dense.call(states.select(1, Length - 1));
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
            _dense.Dispose();
            _lstm.Dispose();
            _embedding.Dispose();
            _rows.Dispose();
        }
    }
}
