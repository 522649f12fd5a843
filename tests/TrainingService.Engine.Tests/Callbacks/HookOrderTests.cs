using System.Text.Json;
using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Losses;
using TrainingService.Engine.Metrics;
using TrainingService.Engine.Models;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Random;
using TrainingService.Engine.Tests.Conformance;
using TrainingService.Engine.Tests.Training;
using TrainingService.Engine.Training;

namespace TrainingService.Engine.Tests.Callbacks;

[Collection(TrainingCollection.Name)]
public class HookOrderTests
{
    public static TheoryData<string> Cases => Keras.Ids("callbacks", item => item.GetProperty("class_name").GetString() == "HookOrder");

    [Theory, MemberData(nameof(Cases))]
    public void Fit_calls_the_hooks_in_the_order_of_Keras(string id)
    {
        var item = Keras.Case("callbacks", id);
        var fit = item.GetProperty("fit");
        var random = new RandomStreams(1);
        using var train = Zeros(fit.GetProperty("samples").GetInt32(), fit.GetProperty("batch_size").GetInt32(), random);
        using var validation = Zeros(fit.GetProperty("validation_samples").GetInt32(), fit.GetProperty("batch_size").GetInt32(), random);
        using var model = new Model(new Sequential([new Dense(1)]), train.FeatureShape, random, torch.CPU);
        using var optimizer = OptimizerTable.Build(new Contracts.Optimizers.Adam(), model.Parameters);
        using var trainer = new Trainer(
            model, optimizer, LossTable.Build(new Contracts.Losses.MeanSquaredError()),
            [MetricTable.Build(new Contracts.Metrics.MeanAbsoluteErrorMetric { Name = "mae" }, train.LabelShape, model.OutputShape)]);
        using var recorder = new Recorder();

        trainer.Fit(train, new FitOptions
        {
            Epochs = fit.GetProperty("epochs").GetInt32(),
            Validation = validation,
            ValidationFreq = fit.GetProperty("validation_freq").GetInt32(),
            Callbacks = [recorder],
        });

        Assert.Equal(item.GetProperty("expected").GetProperty("events").EnumerateArray().Select(Text), recorder.Hooks);
    }

    private static string Text(JsonElement hook)
    {
        var number = hook.TryGetProperty("epoch", out var index) || hook.TryGetProperty("batch", out index) ? $" {index.GetInt32()}" : "";
        return $"{hook.GetProperty("hook").GetString()}{number} [{string.Join(", ", hook.GetProperty("log_keys").EnumerateArray().Select(key => key.GetString()))}]";
    }

    private static Pipeline Zeros(int rows, int batchSize, RandomStreams random) =>
        new(new Rows(torch.zeros(rows, 2).DetachFromDisposeScope(), torch.zeros(rows, 1).DetachFromDisposeScope()), [], batchSize, random, "rows");

    private sealed class Recorder : Callback
    {
        public List<string> Hooks { get; } = [];

        public override void OnTrainBegin() => Add("on_train_begin", []);

        public override void OnTrainEnd(Logs logs) => Add("on_train_end", logs.Names);

        public override void OnEpochBegin(int epoch) => Add($"on_epoch_begin {epoch}", []);

        public override void OnEpochEnd(int epoch, Logs logs) => Add($"on_epoch_end {epoch}", logs.Names);

        public override void OnTrainBatchBegin(long batch) => Add($"on_train_batch_begin {batch}", []);

        public override void OnTrainBatchEnd(long batch, RunningMeans means) => Add($"on_train_batch_end {batch}", means.Names);

        public override void OnTestBegin() => Add("on_test_begin", []);

        public override void OnTestEnd(Logs logs) => Add("on_test_end", logs.Names);

        public override void OnTestBatchBegin(long batch) => Add($"on_test_batch_begin {batch}", []);

        public override void OnTestBatchEnd(long batch, RunningMeans means) => Add($"on_test_batch_end {batch}", means.Names);

        private void Add(string hook, IEnumerable<string> keys) => Hooks.Add($"{hook} [{string.Join(", ", keys)}]");
    }
}
