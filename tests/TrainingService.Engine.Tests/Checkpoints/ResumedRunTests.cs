using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Optimizers;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Tests.Training;
using TrainingService.Engine.Training;

namespace TrainingService.Engine.Tests.Checkpoints;

/// <summary>Whole runs that go on from checkpoints, as a worker plans them.</summary>
[Collection(TrainingCollection.Name)]
public sealed class ResumedRunTests : IDisposable
{
    private readonly List<OutputFolder> _folders = [];

    [Fact]
    public void F25_the_newest_checkpoint_that_can_be_read_is_used_and_the_others_are_named()
    {
        var spec = Small(3);
        var calm = Run(spec);
        var files = Checkpoints(calm);
        Assert.Equal([(1, 1), (2, 2), (3, 3)], files.Select(file => ((int)file.Number, file.Epoch)));

        Rot(files[2].Path);
        Rot(files[1].Path);
        var resumed = Run(spec, plan => plan with { Resume = files[2], ResumeFallbacks = [files[1], files[0]] });
        Assert.Equal(StopReason.Completed, resumed.Result.StopReason);
        Assert.Equal(new ResumedEvent(1, 0, 1), Assert.Single(resumed.Observer.Of<ResumedEvent>()));
        var warnings = resumed.Observer.Of<LogEvent>().Where(line => line.Level == "warning").Select(line => line.Message).ToList();
        Assert.Equal(2, warnings.Count);
        Assert.StartsWith("Cannot go on from checkpoint 3 (epoch 3, step 0): expected the SHA-256", warnings[0], StringComparison.Ordinal);
        Assert.StartsWith("Cannot go on from checkpoint 2", warnings[1], StringComparison.Ordinal);
        AssertSame(calm, resumed);
        // Numbers never come again.
        Assert.Equal([4, 5], resumed.Observer.Of<TrainerCheckpointFile>().Select(file => file.Number));

        Rot(files[0].Path);
        var lost = Run(spec, plan => plan with { Resume = files[2], ResumeFallbacks = [files[1], files[0]] });
        Assert.Equal((StopReason.CorruptCheckpoint, "corrupt_checkpoint"), (lost.Result.StopReason, lost.Result.Error?.Code));
        Assert.Contains("None of the 3 checkpoints can be used", lost.Result.Error!.Message, StringComparison.Ordinal);
        Assert.Empty(lost.Observer.Of<EpochBeginEvent>());
    }

    [Fact]
    public void Swapped_checkpoints_and_those_of_other_runs_are_refused_with_what_differs()
    {
        var spec = Small(2);
        var files = Checkpoints(Run(spec));
        string Refusal(JobSpec of, TrainerCheckpoint from, bool continues = false) =>
            Run(of, plan => plan with { Resume = from, ContinueFrom = continues }).Result is { StopReason: StopReason.CorruptCheckpoint, Error: { } error } ? error.Message : "";

        Assert.Contains("expected number 2, epoch 2, step 0. Received: the file of number 1, epoch 1, step 0.", Refusal(spec, files[1] with { Path = files[0].Path }), StringComparison.Ordinal);
        Assert.Contains("/seed is 42 instead of 43", Refusal(spec with { Seed = 43 }, files[0]), StringComparison.Ordinal);
        Assert.Contains("/compile/optimizer", Refusal(spec with { Compile = spec.Compile with { Optimizer = new Sgd() } }, files[0]), StringComparison.Ordinal);
        var wider = spec with { Model = new Sequential([new Flatten(), new Dense(17), new Dropout(0.2), new Dense(10)]) };
        Assert.Contains("/model/config/layers/1/config/units is 16 instead of 17", Refusal(wider, files[0]), StringComparison.Ordinal);
        Assert.Contains("/model/config/layers/1/config/units is 16 instead of 17", Refusal(wider, files[0], continues: true), StringComparison.Ordinal);
        Assert.Contains("expected a file that can be read", Refusal(spec, files[0] with { Path = files[0].Path + "x" }), StringComparison.Ordinal);
    }

    [Fact]
    public void Three_epochs_and_two_more_are_five()
    {
        JobSpec Job(int epochs) => Small(epochs) with
        {
            Fit = new FitSpec(epochs, StepsPerEpoch: 5), // of 8: the third epoch's rows are those that the first two left
            Compile = Small(1).Compile with { Optimizer = new AdamW { LearningRate = new Contracts.Schedules.CosineDecay(0.01, 40) } },
        };
        var straight = Run(Job(5));
        var three = Run(Job(3));
        var last = Checkpoints(three)[^1];
        Assert.Equal((3, 0), (last.Epoch, last.Step));
        var five = Run(Job(5), plan => plan with { Resume = last, ContinueFrom = true });
        Assert.Equal([4, 5], five.Observer.Of<EpochEndEvent>().Select(epoch => epoch.Epoch));
        Assert.Single(five.Observer.Of<EvaluationEvent>());
        AssertSame(straight, five);
    }

    [Fact]
    public void Callbacks_of_a_continued_run_begin_anew()
    {
        var spec = Small(6, new EarlyStopping("loss", MinDelta: 1_000, Patience: 1, RestoreBestWeights: true));
        var first = Run(spec);
        Assert.Equal((StopReason.EarlyStopping, 2), (first.Result.StopReason, first.Observer.Of<EpochEndEvent>().Count()));
        var second = Run(spec, plan => plan with { Resume = Checkpoints(first)[^1], ContinueFrom = true });
        Assert.Equal(StopReason.EarlyStopping, second.Result.StopReason);
        Assert.Equal([3, 4], second.Observer.Of<EpochEndEvent>().Select(epoch => epoch.Epoch));
        Assert.Equal(["epoch", "0", "1", "2", "3"], File.ReadAllLines(second.PathOf("history.csv")).Select(line => line.Split(',')[0]));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_run_that_is_asked_to_stop_saves_itself_and_goes_on_as_if_it_had_not_been(bool inValidation)
    {
        var spec = Small(3, new EarlyStopping(Patience: 5, RestoreBestWeights: true), new ModelCheckpoint(SaveBestOnly: true)) with { MetricsEverySteps = 1 };
        var calm = Run(spec);
        using var stop = new CancellationTokenSource();
        // The last step of an epoch is followed by its validation.
        var stopped = Run(spec, act: happened =>
        {
            if (happened is StepEvent step && step.GlobalStep == (inValidation ? 16 : 11))
                stop.Cancel();
        }, stop: stop);
        Assert.Equal(new TrainerResult(StopReason.UserRequest), stopped.Result);
        var last = Checkpoints(stopped)[^1];
        Assert.Equal(inValidation ? (1, 8) : (1, 3), (last.Epoch, last.Step));
        var resumed = Run(spec, plan => plan with { Resume = last });
        Assert.Equal([2, 3], resumed.Observer.Of<EpochEndEvent>().Select(epoch => epoch.Epoch));
        AssertSame(calm, resumed, "best.weights.safetensors");
    }

    [Fact]
    public void A_run_that_stopped_inside_an_epoch_is_continued_inside_it()
    {
        var spec = Small(3) with { MetricsEverySteps = 1 };
        var calm = Run(spec);
        using var stop = new CancellationTokenSource();
        var stopped = Run(spec, act: happened =>
        {
            if (happened is StepEvent { GlobalStep: 11 })
                stop.Cancel();
        }, stop: stop);
        var continued = Run(spec, plan => plan with { Resume = Checkpoints(stopped)[^1], ContinueFrom = true });
        Assert.Equal([2, 3], continued.Observer.Of<EpochBeginEvent>().Select(epoch => epoch.Epoch));
        Assert.Equal([12, 13], continued.Observer.Of<StepEvent>().Take(2).Select(step => step.GlobalStep));
        AssertSame(calm, continued);
    }

    [Fact]
    public void A_run_that_died_behind_its_last_epoch_is_only_evaluated_and_exported()
    {
        var spec = Small(2, new EarlyStopping(RestoreBestWeights: true, Patience: 9), new ModelCheckpoint(SaveBestOnly: true), new TensorBoard());
        var calm = Run(spec);
        var resumed = Run(spec, plan => plan with { Resume = Checkpoints(calm)[^1] });
        Assert.Equal(StopReason.Completed, resumed.Result.StopReason);
        Assert.Empty(resumed.Observer.Of<EpochBeginEvent>());
        Assert.Equal(calm.Observer.Of<EvaluationEvent>().Single().Logs, resumed.Observer.Of<EvaluationEvent>().Single().Logs);
        Assert.Equal(calm.Observer.Of<TrainerFile>().Select(file => file.Name).Order(), resumed.Observer.Of<TrainerFile>().Select(file => file.Name).Order());
        AssertSame(calm, resumed, [.. calm.Observer.Of<TrainerFile>().Select(file => file.Name)]);
    }

    [Fact]
    public void Steps_figures_come_every_so_many_batches_and_end_with_the_epochs()
    {
        var run = Run(Small(2) with { MetricsEverySteps = 4 });
        var steps = run.Observer.Of<StepEvent>().ToList();
        Assert.Equal([(1, 4L, 4L), (1, 8L, 8L), (2, 4L, 12L), (2, 8L, 16L)], steps.Select(step => (step.Epoch, step.Step, step.GlobalStep)));
        var epochs = run.Observer.Of<EpochEndEvent>().ToList();
        Assert.Equal(epochs.Select(epoch => epoch.Logs["loss"]), new[] { steps[1], steps[3] }.Select(step => step.Logs["loss"]));
    }

    [Fact]
    public void The_best_checkpoint_is_the_one_with_the_least_loss_so_far()
    {
        var run = Run(Small(6) with { Checkpoint = new CheckpointSpec(EveryEpochs: 2), Compile = Small(1).Compile with { Optimizer = new Sgd { LearningRate = 3 } } });
        var saved = run.Observer.Of<TrainerCheckpointFile>().ToList();
        Assert.Equal([2, 4, 6], saved.Select(file => file.Epoch));
        var losses = run.Observer.Of<EpochEndEvent>().ToDictionary(epoch => epoch.Epoch, epoch => epoch.Logs["val_loss"]!.Value);
        Assert.Equal(saved.Select((file, index) => saved.Take(index).All(before => losses[file.Epoch] < losses[before.Epoch])), saved.Select(file => file.Best));
    }

    [Fact]
    public void Another_number_of_threads_is_said()
    {
        var spec = Small(2);
        var files = Checkpoints(Run(spec));
        var run = Run(spec, plan => plan with { Resume = files[0], Threads = 2 });
        Assert.Contains("was made with 1 threads; this run has 2", Assert.Single(run.Observer.Of<LogEvent>(), line => line.Level == "warning").Message, StringComparison.Ordinal);
        TorchSharp.torch.set_num_threads(1);
    }

    private static JobSpec Small(int epochs, params IReadOnlyList<CallbackSpec> callbacks) => Jobs.Job(Jobs.Small(), epochs, trainRows: 512, testRows: 500, batchSize: 64, callbacks);

    private Ran Run(JobSpec spec, Func<TrainerPlan, TrainerPlan>? with = null, Action<object>? act = null, CancellationTokenSource? stop = null)
    {
        _folders.Add(new OutputFolder());
        var plan = Jobs.Plan(spec, _folders[^1].Path);
        var observer = new RecordingObserver(act);
        var result = new TrainingRun(with?.Invoke(plan) ?? plan, observer).Execute(stop?.Token ?? TestContext.Current.CancellationToken);
        return new Ran(result, observer, _folders[^1].Path);
    }

    private static List<TrainerCheckpoint> Checkpoints(Ran run) =>
        [.. run.Observer.Of<TrainerCheckpointFile>().Select(file => new TrainerCheckpoint(run.PathOf(file.Name), file.Number, file.Epoch, file.Step))];

    private static void AssertSame(Ran expected, Ran received, params string[] more) =>
        Assert.All(["model.safetensors", "history.csv", .. more], name => Assert.Equal(File.ReadAllBytes(expected.PathOf(name)), File.ReadAllBytes(received.PathOf(name))));

    private static void Rot(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 4;
        File.WriteAllBytes(path, bytes);
    }

    public void Dispose() => _folders.ForEach(folder => folder.Dispose());

    private sealed record Ran(TrainerResult Result, RecordingObserver Observer, string Folder)
    {
        public string PathOf(string name) => Path.Combine(Folder, name);
    }
}
