using System.Text.Json;
using TorchSharp;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Models;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Datasets;
using Pipeline = TrainingService.Engine.Datasets.Pipeline;
using TrainingService.Engine.Losses;
using TrainingService.Engine.Metrics;
using TrainingService.Engine.Models;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Random;
using TrainingService.Engine.Training;

namespace TrainingService.Conformance.Kinds;

/// <summary>The hooks of a fit in their order, with the names of their logs.</summary>
internal static class HookOrderKind
{
    public static void Check(ConformanceCase given)
    {
        var fit = given["fit"];
        var random = new RandomStreams(1);
        using var train = Zeros(fit.GetProperty("samples").GetInt32(), fit.GetProperty("batch_size").GetInt32(), random, Steps(fit, "steps_per_epoch"));
        using var validation = fit.Has("validation_samples", out var rows) && rows.GetInt32() > 0 ? Zeros(rows.GetInt32(), train.BatchSize, random, Steps(fit, "validation_steps")) : null;
        using var model = new Model(new Sequential([new Dense(1)]), train.FeatureShape, random, torch.CPU);
        using var optimizer = OptimizerTable.Build(new Contracts.Optimizers.Adam(), model.Parameters);
        var metrics = fit.GetProperty("metrics").EnumerateArray().Select(ConformanceCase.Read<MetricSpec>);
        using var trainer = new Trainer(
            model, optimizer, LossTable.Build(new Contracts.Losses.MeanSquaredError()),
            [.. metrics.Select(metric => MetricTable.Build(metric, train.LabelShape, model.OutputShape))]);
        using var recorder = new Recorder();

        trainer.Fit(train, new FitOptions
        {
            Epochs = fit.GetProperty("epochs").GetInt32(),
            Validation = validation,
            InitialEpoch = fit.Has("initial_epoch", out var first) ? first.GetInt32() : 0,
            ValidationFreq = fit.Has("validation_freq", out var every) ? Frequency(every) : default,
            Callbacks = [recorder],
        });

        ConformanceCase.Same(
            string.Join('\n', given["expected"].GetProperty("events").EnumerateArray().Select(Text)), string.Join('\n', recorder.Hooks), "hooks");
        if (given.Has("params", out var parameters))
            ConformanceCase.Same((parameters.GetProperty("epochs").GetInt32(), parameters.GetProperty("steps").GetInt64()), recorder.Params, "params");
    }

    private static EpochFrequency Frequency(JsonElement json) =>
        json.ValueKind == JsonValueKind.Array ? EpochFrequency.At([.. json.EnumerateArray().Select(epoch => epoch.GetInt32())]) : json.GetInt32();

    private static string Text(JsonElement hook)
    {
        var number = hook.TryGetProperty("epoch", out var index) || hook.TryGetProperty("batch", out index) ? $" {index.GetInt32()}" : "";
        return $"{hook.GetProperty("hook").GetString()}{number} [{string.Join(", ", hook.GetProperty("log_keys").EnumerateArray().Select(key => key.GetString()))}]";
    }

    private static int? Steps(JsonElement fit, string name) => fit.Has(name, out var steps) ? steps.GetInt32() : null;

    private static Pipeline Zeros(int rows, int batchSize, RandomStreams random, int? steps) =>
        new(new Rows(torch.zeros(rows, 2).DetachFromDisposeScope(), torch.zeros(rows, 1).DetachFromDisposeScope()), [], batchSize, random, "rows") { StepsPerEpoch = steps };

    private sealed class Recorder : Callback
    {
        public List<string> Hooks { get; } = [];

        public (int Epochs, long Steps) Params => (Fit.Epochs, Fit.Steps);

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
