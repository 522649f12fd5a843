using System.Diagnostics;
using TorchSharp;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Exports;
using TrainingService.Engine.Training;

namespace TrainingService.Engine.Tests.Training;

[Collection(TrainingCollection.Name)]
public sealed class TrainingRunTests : IDisposable
{
    private readonly OutputFolder _output = new();

    [Fact]
    public void The_tutorials_network_learns_digits()
    {
        var spec = Jobs.Job(Jobs.Cnn(), epochs: 2, trainRows: 12_000, testRows: 10_000, callbacks: new ModelCheckpoint(SaveBestOnly: true));
        var (result, observer) = Run(spec);

        Assert.Equal(new TrainerResult(StopReason.Completed), result);
        Assert.Equal([JobPhase.Preparing, JobPhase.Training, JobPhase.Evaluating, JobPhase.Exporting], observer.Phases);
        Assert.Equal(225_034, Assert.Single(observer.Of<ModelEvent>()).TotalParams);
        Assert.Equal([1, 2], observer.Of<EpochEndEvent>().Select(epoch => epoch.Epoch));
        Assert.All(observer.Of<ProgressEvent>(), progress => Assert.True(progress.Logs.ContainsKey("loss") && progress.Step <= progress.Steps));
        var evaluation = Assert.Single(observer.Of<EvaluationEvent>());
        Assert.Equal(10_000, evaluation.Rows);
        Assert.InRange(evaluation.Logs["accuracy"]!.Value, 0.95, 1);
        Assert.Equal(observer.Of<EpochEndEvent>().Last().Logs["val_accuracy"], evaluation.Logs["accuracy"]);
        Assert.Equal(
            ["best.weights.safetensors", "config.json", "history.csv", "model.safetensors", "preprocessing.json"], observer.Of<TrainerFile>().Select(file => file.Name).Order());
        using var scope = torch.NewDisposeScope();
        var weights = Safetensors.Read(Path.Combine(_output.Path, "model.safetensors"));
        Assert.Equal(
            ["conv2d/kernel", "conv2d/bias", "conv2d_1/kernel", "conv2d_1/bias", "dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"], weights.Keys);
        Assert.Equal([3, 3, 32, 64], weights["conv2d_1/kernel"].shape);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_others()
    {
        using var second = new OutputFolder();
        using var third = new OutputFolder();
        var spec = Small(epochs: 2);
        Run(spec);
        Run(spec, second);
        Run(spec with { Seed = 43 }, third);
        foreach (var name in (string[])["model.safetensors", "history.csv"])
        {
            Assert.Equal(_output.Read(name), second.Read(name));
            Assert.NotEqual(_output.Read(name), third.Read(name));
        }
    }

    [Fact]
    public void Live_tensors_and_memory_stay_flat_over_fifty_epochs()
    {
        _ = LiveTensors.Settled();
        List<long> tensors = [], memory = [];
        // A checkpoint's copies live until it is written, on another thread: they are counted elsewhere.
        var spec = Small(epochs: 50, new EarlyStopping("loss", Patience: 50, RestoreBestWeights: true), new TerminateOnNaN(), new TensorBoard(HistogramFreq: 1, WriteImages: true, UpdateFreq: Frequency.EveryBatches(2)));
        var (result, _) = Run(spec with { Checkpoint = new CheckpointSpec(EveryEpochs: 1_000) }, act: happened =>
        {
            if (happened is not EpochEndEvent)
                return;
            tensors.Add(torch.Tensor.TotalCount);
            memory.Add(Process.GetCurrentProcess().WorkingSet64);
        });
        Assert.Equal(StopReason.Completed, result.StopReason);
        Assert.Equal(50, tensors.Count);
        Assert.All(tensors.Skip(1), count => Assert.Equal(tensors[1], count));
        Assert.True(memory[^1] - memory[9] < 32 << 20, $"resident memory grew from {memory[9]} to {memory[^1]} bytes in 40 epochs");
    }

    [Fact]
    public void A_run_leaves_no_tensor_behind()
    {
        Run(Small(epochs: 1));
        var before = LiveTensors.Settled();
        Run(Small(epochs: 1, new EarlyStopping(RestoreBestWeights: true)));
        Assert.Equal(before, torch.Tensor.TotalCount);
    }

    [Fact]
    public void Cancelling_stops_at_the_next_batch_and_keeps_the_model_so_far()
    {
        using var cancel = new CancellationTokenSource();
        var (result, observer) = Run(Small(epochs: 100), act: happened =>
        {
            if (happened is EpochBeginEvent { Epoch: 3 })
                cancel.Cancel();
        }, cancel: cancel);

        Assert.Equal(new TrainerResult(StopReason.UserRequest), result);
        Assert.Equal([1, 2], observer.Of<EpochEndEvent>().Select(epoch => epoch.Epoch));
        Assert.Empty(observer.Of<EvaluationEvent>());
        Assert.Contains(observer.Of<TrainerFile>(), file => file.Name == "model.safetensors");
    }

    [Fact]
    public void At_the_time_limit_training_stops_and_the_model_is_still_evaluated_and_exported()
    {
        var time = new SteppedTime();
        var spec = Small(epochs: 100) with { Stopping = new StoppingSpec(MaxRuntimeSeconds: 60) };
        var (result, observer) = Run(spec, time: time, act: happened =>
        {
            if (happened is EpochBeginEvent { Epoch: 3 })
                time.Now += TimeSpan.FromSeconds(61);
        });

        Assert.Equal(new TrainerResult(StopReason.MaxRuntime), result);
        Assert.Equal([1, 2], observer.Of<EpochEndEvent>().Select(epoch => epoch.Epoch));
        Assert.Single(observer.Of<EvaluationEvent>());
        Assert.Contains(observer.Of<TrainerFile>(), file => file.Name == "model.safetensors");
    }

    [Fact]
    public void A_loss_that_is_not_finite_stops_the_run_when_a_callback_says_so()
    {
        // Pixels beyond the largest float32 are infinite, and so is what comes of them.
        var data = new DataSpec(new DataSource("mnist", "train", [new Take(256), new Map(new Contracts.Layers.Rescaling(3e38)), new Batch(64)]));
        var spec = Small(epochs: 3, new TerminateOnNaN()) with { Data = data };
        var (result, observer) = Run(spec);
        Assert.Equal(new TrainerResult(StopReason.NanLoss), result);
        var epoch = Assert.Single(observer.Of<EpochEndEvent>());
        Assert.Null(epoch.Logs["loss"]);
        Assert.Contains("loss", epoch.NonFinite!.Keys);

        (result, _) = Run(spec with { Fit = new FitSpec(3, Callbacks: [new TerminateOnNaN(RaiseError: true)]) });
        Assert.Equal((StopReason.NanLoss, "nan_loss"), (result.StopReason, result.Error?.Code));
    }

    [Fact]
    public void Data_that_cannot_be_read_end_the_run_as_bad_data()
    {
        using var empty = new OutputFolder();
        var plan = Jobs.Plan(Small(epochs: 1), _output.Path);
        var observer = new RecordingObserver();
        var result = new TrainingRun(plan with { Datasets = [new DatasetLocation(Jobs.Mnist, empty.Path)] }, observer).Execute(TestContext.Current.CancellationToken);
        Assert.Equal((StopReason.BadData, "bad_data"), (result.StopReason, result.Error?.Code));
        Assert.Contains("train-images-idx3-ubyte", result.Error!.Message, StringComparison.Ordinal);
        Assert.Equal("error", Assert.Single(observer.Of<LogEvent>()).Level);
    }

    [Fact]
    public void Early_stopping_ends_with_the_best_epochs_weights()
    {
        // A rate that grows worse at once: the first epoch is the best one.
        var spec = Small(epochs: 20, new EarlyStopping("val_loss", MinDelta: 1_000, Patience: 2, RestoreBestWeights: true));
        var (result, observer) = Run(spec);
        Assert.Equal(StopReason.EarlyStopping, result.StopReason);
        var epochs = observer.Of<EpochEndEvent>().ToList();
        Assert.Equal(3, epochs.Count);
        Assert.Equal(epochs[0].Logs["val_loss"], Assert.Single(observer.Of<EvaluationEvent>()).Logs["loss"]);
    }

    private static JobSpec Small(int epochs, params IReadOnlyList<CallbackSpec> callbacks) =>
        Jobs.Job(Jobs.Small(), epochs, trainRows: 512, testRows: 500, batchSize: 64, callbacks);

    private (TrainerResult Result, RecordingObserver Observer) Run(
        JobSpec spec, OutputFolder? output = null, Action<object>? act = null, TimeProvider? time = null, CancellationTokenSource? cancel = null)
    {
        var observer = new RecordingObserver(act);
        return (new TrainingRun(Jobs.Plan(spec, (output ?? _output).Path), observer, time).Execute(cancel?.Token ?? TestContext.Current.CancellationToken), observer);
    }

    public void Dispose() => _output.Dispose();

    private sealed class SteppedTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => Now.Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}
