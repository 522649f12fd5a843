using TorchSharp;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Losses;
using TrainingService.Engine.Metrics;
using TrainingService.Engine.Models;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Random;
using TrainingService.Engine.Training;
using static TorchSharp.torch;
using Pipeline = TrainingService.Engine.Datasets.Pipeline;

namespace TrainingService.Engine.Tests.Training;

/// <summary>What <c>fit</c> takes, with the meaning that Keras gives it.</summary>
[Collection(TrainingCollection.Name)]
public sealed class FitArgumentsTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly RandomStreams _random = new(3);

    [Fact]
    public void Steps_go_on_through_the_rows_and_begin_anew_when_these_are_used_up()
    {
        using var rows = Numbers(10, batchSize: 2, steps: 2);
        Assert.Equal((2L, 4L), (rows.BatchesPerEpoch, rows.RowsPerEpoch));
        // Five batches: the third epoch has the last one alone, as Keras's does.
        Assert.Equal(["0 1 2 3", "4 5 6 7", "8 9", "0 1 2 3"], Enumerable.Range(0, 4).Select(epoch => Text(rows, epoch)));
        using var later = Numbers(10, batchSize: 2, steps: 2, initialEpoch: 7);
        Assert.Equal(["0 1 2 3", "4 5 6 7"], new[] { 7, 8 }.Select(epoch => Text(later, epoch)));
        using var many = Numbers(3, batchSize: 2, steps: 9);
        Assert.Equal((2L, 3L, "0 1 2"), (many.BatchesPerEpoch, many.RowsPerEpoch, Text(many, 5)));
    }

    [Fact]
    public void Every_pass_over_the_rows_has_an_order_of_its_own_and_all_rows()
    {
        using var rows = Numbers(10, batchSize: 2, steps: 3, shuffle: new Shuffle(10));
        var passes = Enumerable.Range(0, 3).Select(pass => $"{Text(rows, 2 * pass)} {Text(rows, 2 * pass + 1)}").ToList();
        Assert.All(passes, pass => Assert.Equal("0 1 2 3 4 5 6 7 8 9", string.Join(' ', pass.Split(' ').Order(StringComparer.Ordinal))));
        Assert.Equal(3, passes.Distinct().Count());
    }

    [Theory]
    [InlineData(new[] { 0f, 1, 2, 1, 7, -1 }, 1, new[] { 1f, 0.5f, 3, 0.5f, 1, 1 })]
    [InlineData(new[] { 0.9f, 2.2f }, 2, new[] { 0.5f, 3 })]
    public void Weights_follow_the_class(float[] labels, int axes, float[] expected)
    {
        var weights = new Dictionary<int, double> { [1] = 0.5, [2] = 3 };
        var given = tensor(labels).reshape(axes == 1 ? [-1] : [-1, 1]);
        Assert.Equal(expected, Values(ClassWeights.Of(given, weights)));
        if (axes == 1)
            Assert.Equal(expected, Values(ClassWeights.Of(given.to(int64), weights)));
    }

    [Fact]
    public void Weights_follow_the_class_of_one_hot_labels() =>
        Assert.Equal([3f, 1, 0.5f], Values(ClassWeights.Of(tensor(new[,] { { 0f, 0, 1 }, { 1, 0, 0 }, { 0, 1, 0 } }), new Dictionary<int, double> { [1] = 0.5, [2] = 3 })));

    [Fact]
    public void Weights_count_in_the_loss_and_not_in_the_metrics()
    {
        // A model that says 0: the errors are the labels' squares, 1 and 9; the loss of a batch is divided by its rows, not by the weights.
        using var fit = new LinearFit(x: zeros(4, 1), y: tensor(new[] { 1f, 3, 1, 3 }).view(4, 1), weights: tensor(new[] { 2f, 0.5f, 0, 1 }), batchSize: 2, learningRate: 0);
        var logs = fit.Run(new FitOptions());
        Assert.Equal((2 * 1 + 0.5 * 9 + 0 + 1 * 9) / 4, logs["loss"], 5);
        Assert.Equal((1 + 3 + 1 + 3) / 4.0, logs["mean_absolute_error"], 5);
    }

    [Fact]
    public void Epochs_run_from_initial_epoch_to_epochs_and_validate_where_the_list_says()
    {
        using var fit = new LinearFit(ones(4, 1), ones(4, 1), null, 2, 0.1);
        using var validation = Numbers(3, 1, steps: 2);
        fit.Run(new FitOptions { InitialEpoch = 2, Epochs = 6, Validation = validation, ValidationFreq = EpochFrequency.At(1, 4, 6) });
        Assert.Equal([2, 3, 4, 5], fit.Epochs.Epochs);
        Assert.Equal(4, fit.Epochs.Figures["loss"].Count);
        Assert.Equal(2, fit.Epochs.Figures["val_loss"].Count);
        // Validation looks at the first two rows each time.
        Assert.Equal(4, fit.Counter.TestBatches);
    }

    [Fact]
    public void Hooks_of_a_prediction_come_around_its_batches()
    {
        using var fit = new LinearFit(ones(4, 1), ones(4, 1), null, 2, 0.1);
        using var rows = Numbers(5, 2, steps: null);
        using var outputs = fit.Trainer.Predict(rows, fit.Counter);
        Assert.Equal([5L, 1], outputs.shape);
        Assert.Equal("begin 0 0 1 1 2 2 end", fit.Counter.Predicted.Trim());
    }

    [Fact]
    public void Averages_stand_in_for_the_weights_while_these_are_evaluated()
    {
        using var fit = new LinearFit(ones(4, 1), ones(4, 1), null, 2, 0.1, emaMomentum: 0.5);
        using var validation = Numbers(2, 2, steps: null);
        using var swap = CallbackTable.Build(new Contracts.Callbacks.SwapEMAWeights(SwapOnEpoch: true));
        fit.Counter.Kernel = fit.Model.Weights[0];
        fit.Run(new FitOptions { Epochs = 2, Validation = validation }, swap);

        // The average begins with the first step's weight and takes half of each later one.
        var average = fit.Counter.AfterBatch[0];
        List<double> averages = [average];
        foreach (var weight in fit.Counter.AfterBatch.Skip(1))
            averages.Add(average = (average + weight) / 2);
        Assert.Equal([averages[1], averages[3]], fit.Counter.InTest, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([averages[1], averages[3]], fit.Counter.AtEpochEnd, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(averages[3], Values(fit.Model.Weights[0].Value)[0], 6);
        Assert.NotEqual(averages[3], fit.Counter.AfterBatch[3], 3);
    }

    private Pipeline Numbers(int count, int batchSize, int? steps, int initialEpoch = 0, Shuffle? shuffle = null) =>
        new(new Rows(arange(count).to(float32).view(count, 1).DetachFromDisposeScope(), zeros(count, 1).DetachFromDisposeScope()), shuffle is null ? [] : [shuffle], batchSize, _random, "rows")
        {
            StepsPerEpoch = steps,
            InitialEpoch = initialEpoch,
        };

    private static string Text(Pipeline rows, int epoch)
    {
        List<float> seen = [];
        foreach (var batch in rows.Epoch(epoch))
        {
            using (batch)
                seen.AddRange(Values(batch.Features));
        }
        return string.Join(' ', seen);
    }

    private static float[] Values(Tensor tensor) => tensor.detach().to(float32).contiguous().data<float>().ToArray();

    public void Dispose() => _scope.Dispose();

    /// <summary>A Dense(1) that begins with zeros, fitted by SGD.</summary>
    private sealed class LinearFit : IDisposable
    {
        private readonly Pipeline _rows;
        private readonly Optimizer _optimizer;

        public LinearFit(Tensor x, Tensor y, Tensor? weights, int batchSize, double learningRate, double? emaMomentum = null)
        {
            var random = new RandomStreams(1);
            _rows = new Pipeline(new Rows(x.DetachFromDisposeScope(), y.DetachFromDisposeScope(), weights?.DetachFromDisposeScope()), [], batchSize, random, "train");
            Model = new Model(new Sequential([new Dense(1) { KernelInitializer = new Contracts.Initializers.Zeros() }]), _rows.FeatureShape, random, CPU);
            _optimizer = OptimizerTable.Build(
                new Contracts.Optimizers.Sgd { LearningRate = learningRate, UseEma = emaMomentum is not null, EmaMomentum = emaMomentum ?? 0.99 }, Model.Parameters);
            Trainer = new Trainer(
                Model, _optimizer, LossTable.Build(new Contracts.Losses.MeanSquaredError()),
                [MetricTable.Build(new Contracts.Metrics.MeanAbsoluteErrorMetric { Name = "mean_absolute_error" }, _rows.LabelShape, Model.OutputShape)]);
        }

        public Model Model { get; }

        public Trainer Trainer { get; }

        public Engine.Callbacks.History Epochs { get; } = new();

        public Counter Counter { get; } = new();

        /// <returns>The last epoch's figures.</returns>
        public Logs Run(FitOptions options, params IReadOnlyList<Callback> callbacks)
        {
            Trainer.Fit(_rows, new FitOptions
            {
                InitialEpoch = options.InitialEpoch, Epochs = options.Epochs, Validation = options.Validation, ValidationFreq = options.ValidationFreq,
                Callbacks = [.. callbacks, Epochs, Counter],
            });
            var logs = new Logs();
            foreach (var (name, values) in Epochs.Figures)
                logs[name] = values[^1];
            return logs;
        }

        public void Dispose()
        {
            Trainer.Dispose();
            _optimizer.Dispose();
            Model.Dispose();
            _rows.Dispose();
        }
    }

    /// <summary>Counts hooks and, of one weight, notes its value in them.</summary>
    private sealed class Counter : Callback
    {
        public Weight? Kernel { get; set; }

        public int TestBatches { get; private set; }

        public string Predicted { get; private set; } = "";

        public List<double> AfterBatch { get; } = [];

        public List<double> InTest { get; } = [];

        public List<double> AtEpochEnd { get; } = [];

        public override void OnTrainBatchEnd(long batch, RunningMeans means) => Note(AfterBatch);

        public override void OnTestBatchEnd(long batch, RunningMeans means)
        {
            TestBatches++;
            Note(InTest);
        }

        public override void OnEpochEnd(int epoch, Logs logs) => Note(AtEpochEnd);

        public override void OnPredictBegin() => Predicted += "begin ";

        public override void OnPredictEnd() => Predicted += "end ";

        public override void OnPredictBatchBegin(long batch) => Predicted += $"{batch} ";

        public override void OnPredictBatchEnd(long batch) => Predicted += $"{batch} ";

        private void Note(List<double> values)
        {
            if (Kernel is not null)
                values.Add(Values(Kernel.Value)[0]);
        }
    }
}
