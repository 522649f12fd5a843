using System.Text.Json;
using TorchSharp;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Models;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Random;
using TrainingService.Engine.Tests.Conformance;
using TrainingService.Engine.Tests.Training;
using TrainingService.Engine.Training;
using EarlyStopping = TrainingService.Engine.Callbacks.EarlyStopping;
using ModelCheckpoint = TrainingService.Engine.Callbacks.ModelCheckpoint;

namespace TrainingService.Engine.Tests.Callbacks;

[Collection(TrainingCollection.Name)]
public sealed class CallbackConformanceTests : IDisposable
{
    private readonly Model _model;
    private readonly Optimizer _optimizer;
    private readonly SavedFiles _files = new();

    public CallbackConformanceTests()
    {
        _model = new Model(new Sequential([new Dense(1)]), new Shape(null, 1), new RandomStreams(1), torch.CPU);
        _optimizer = OptimizerTable.Build(new Contracts.Optimizers.Adam(), _model.Parameters);
    }

    public static TheoryData<string> Of(string className) => Keras.Ids("callbacks", item => item.GetProperty("class_name").GetString() == className);

    [Theory, MemberData(nameof(Of), "EarlyStopping")]
    public void EarlyStopping_stops_where_Keras_stops(string id)
    {
        var item = Keras.Case("callbacks", id);
        using var callback = (EarlyStopping)Build(item);
        Check(callback, item.GetProperty("logs"), item.GetProperty("expected"));
        if (Keras.Has(item, "second_run", out var second))
            Check(callback, second.GetProperty("logs"), second.GetProperty("expected"));
    }

    private void Check(EarlyStopping callback, JsonElement logs, JsonElement expected)
    {
        // The bias says after which epoch the weights were taken.
        var (epochs, fit) = Run(callback, logs, epoch => _model.Weights[1].Assign(torch.full(1, epoch)));
        Assert.Equal(expected.GetProperty("epochs_run").GetInt32(), epochs);
        Assert.Equal(expected.GetProperty("stopped").GetBoolean() ? StopReason.EarlyStopping : null, fit.StopReason);
        Assert.Equal(expected.GetProperty("stopped_epoch").GetInt32(), callback.StoppedEpoch);
        Assert.Equal(expected.GetProperty("best").GetDouble(), callback.Best);
        Assert.Equal(expected.GetProperty("best_epoch").GetInt32(), callback.BestEpoch);
        Assert.Equal(expected.GetProperty("wait").GetInt32(), callback.Wait);
        Assert.Equal(expected.GetProperty("weights_are_those_after_epoch").GetDouble(), Keras.Values(_model.Weights[1].Value)[0]);
    }

    [Theory, MemberData(nameof(Of), "ReduceLROnPlateau")]
    public void ReduceLROnPlateau_lowers_and_logs_the_rate_as_Keras_does(string id)
    {
        var item = Keras.Case("callbacks", id);
        var rates = item.GetProperty("expected").GetProperty("learning_rate_after_epoch").EnumerateArray().ToList();
        var logged = item.GetProperty("expected").GetProperty("logged_learning_rate").EnumerateArray().ToList();
        _optimizer.LearningRate = item.GetProperty("initial_learning_rate").GetDouble();
        using var callback = Build(item);
        Run(callback, item.GetProperty("logs"), afterEpoch: (epoch, logs) =>
        {
            Keras.Close(logged[epoch].GetDouble(), logs["learning_rate"], 1e-9, 1e-5, $"logged rate of epoch {epoch}");
            Keras.Close(rates[epoch].GetDouble(), _optimizer.LearningRate, 1e-9, 1e-5, $"rate after epoch {epoch}");
        });
    }

    [Theory, MemberData(nameof(Of), "ModelCheckpoint")]
    public void ModelCheckpoint_saves_when_and_under_the_names_that_Keras_does(string id)
    {
        var item = Keras.Case("callbacks", id);
        // Keras's file formats are named by the suffix; the names are what is compared here.
        var config = item.GetProperty("config");
        using var callback = new ModelCheckpoint(new Contracts.Callbacks.ModelCheckpoint(
            config.GetProperty("filepath").GetString(), Keras.Has(config, "monitor", out var monitor) ? monitor.GetString()! : "val_loss",
            SaveBestOnly: Keras.Has(config, "save_best_only", out var best) && best.GetBoolean(),
            Mode: Keras.Has(config, "mode", out var mode) ? Enum.Parse<MonitorMode>(mode.GetString()!, ignoreCase: true) : MonitorMode.Auto));

        Run(callback, item.GetProperty("logs"), epoch => _files.Epoch = epoch);

        var expected = item.GetProperty("expected");
        Assert.Equal(
            expected.GetProperty("saves").EnumerateArray().Select(save => (save.GetProperty("file").GetString()!, save.GetProperty("epoch").GetInt32())), _files.Saves);
        Assert.Equal(Keras.Has(expected, "best", out var value) ? value.GetDouble() : null, callback.Best);
    }

    [Theory, MemberData(nameof(Of), "CSVLogger")]
    public void CSVLogger_writes_the_bytes_of_Keras(string id)
    {
        var item = Keras.Case("callbacks", id);
        var separator = Keras.Has(item.GetProperty("config"), "separator", out var given) ? given.GetString()! : ",";
        using var callback = CallbackTable.Build(new Contracts.Callbacks.CSVLogger(Separator: separator));
        Run(callback, item.GetProperty("runs")[0]);
        Assert.Equal(item.GetProperty("expected").GetProperty("file_text").GetString(), _files.Texts["history.csv"]);
    }

    [Theory, MemberData(nameof(Of), "TerminateOnNaN")]
    public void TerminateOnNaN_stops_at_the_batch_where_Keras_stops(string id)
    {
        var item = Keras.Case("callbacks", id);
        var expected = item.GetProperty("expected");
        using var callback = Build(item);
        var fit = Attach(callback);
        using var means = new RunningMeans([]);
        int? stoppedAt = null;
        var raised = false;
        var batch = 0;
        foreach (var logs in item.GetProperty("batch_logs").EnumerateArray())
        {
            means.Reset();
            means.Add(torch.tensor(Keras.Number(logs.GetProperty("loss"))), torch.zeros(4), torch.zeros(4));
            raised = Record.Exception(() => callback.OnTrainBatchEnd(batch, means)) is NonFiniteLossException;
            if (raised || fit.StopReason is not null)
            {
                stoppedAt = batch;
                break;
            }
            batch++;
        }
        Assert.Equal(Keras.Has(expected, "stops_at_batch", out var at) ? at.GetInt32() : null, stoppedAt);
        Assert.Equal(expected.GetProperty("raises").GetBoolean(), raised);
        Assert.Equal(expected.GetProperty("stop_training").GetBoolean() ? StopReason.NanLoss : null, fit.StopReason);
    }

    private static Callback Build(JsonElement item) => CallbackTable.Build(Keras.Spec<CallbackSpec>(item));

    private FitContext Attach(Callback callback)
    {
        var fit = new FitContext
        {
            Model = _model,
            Optimizer = _optimizer,
            Metrics = new Dictionary<string, Direction> { ["accuracy"] = Direction.Up },
            Files = _files,
        };
        callback.Attach(fit);
        return fit;
    }

    private (int Epochs, FitContext Fit) Run(Callback callback, JsonElement epochs, Action<int>? beforeEnd = null, Action<int, Logs>? afterEpoch = null)
    {
        var fit = Attach(callback);
        callback.OnTrainBegin();
        var epoch = 0;
        var logs = new Logs();
        foreach (var figures in epochs.EnumerateArray())
        {
            logs = new Logs();
            foreach (var figure in figures.EnumerateObject())
                logs[figure.Name] = Keras.Number(figure.Value);
            beforeEnd?.Invoke(epoch);
            callback.OnEpochEnd(epoch, logs);
            afterEpoch?.Invoke(epoch, logs);
            epoch++;
            if (fit.StopReason is not null)
                break;
        }
        callback.OnTrainEnd(logs);
        return (epoch, fit);
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _model.Dispose();
    }

    private sealed class SavedFiles : ICheckpointFiles
    {
        public int Epoch { get; set; }

        public List<(string, int)> Saves { get; } = [];

        public Dictionary<string, string> Texts { get; } = [];

        public void SaveWeights(Model model, string name) => Saves.Add((name, Epoch));

        public void SaveText(string name, string text) => Texts[name] = text;
    }
}
