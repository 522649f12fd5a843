using System.Security.Cryptography;
using System.Text;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Checkpoints;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Distribution;
using TrainingService.Engine.Losses;
using TrainingService.Engine.Metrics;
using TrainingService.Engine.Models;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Random;
using TrainingService.Engine.Tests.Training;
using TrainingService.Engine.Training;
using static TorchSharp.torch;

namespace TrainingService.Engine.Tests.Checkpoints;

/// <summary>A scenario in one "process": everything is made anew, and all that it shares with another one is a checkpoint's file.</summary>
internal sealed class ResumedFit : IDisposable
{
    private readonly Pipeline _rows;
    private readonly Pipeline? _validation;
    private readonly Model _model;
    private readonly Mirror? _mirror;
    private readonly Optimizer _optimizer;
    private readonly Trainer _trainer;
    private readonly List<Callback> _callbacks;
    private readonly Scenario _scenario;
    private readonly OutputFolder _folder = new();

    public ResumedFit(Scenario scenario)
    {
        _scenario = scenario;
        var random = new RandomStreams(11);
        _rows = new Pipeline(Fitted.Squares(80), scenario.Steps, 16, random, "train") { StepsPerEpoch = scenario.StepsPerEpoch };
        _validation = scenario.Validates ? new Pipeline(Fitted.Squares(48), [], 16, random, "validation") : null;
        _model = new Model(scenario.Model(), _rows.FeatureShape, random, CPU);
        _mirror = scenario.Replicas > 1 ? new Mirror(_model, random, [.. Enumerable.Repeat(CPU, scenario.Replicas)], scenario.Replicas) : null;
        _optimizer = OptimizerTable.Build(scenario.Optimizer, _model.Parameters, _model.Spec.Name);
        var metrics = scenario.Metrics.Select(name => MetricTable.Build(ContractsJson.TryRead<MetricSpec>(System.Text.Json.JsonSerializer.SerializeToElement(name), out _)!, _rows.LabelShape, _model.OutputShape));
        _trainer = new Trainer(_model, _optimizer, LossTable.Build(new Contracts.Losses.SparseCategoricalCrossentropy()), [.. metrics]) { Mirror = _mirror };
        _callbacks = [.. scenario.Callbacks.Select(CallbackTable.Build), new CSVLogger(new Contracts.Callbacks.CSVLogger()) { Continues = true }];
    }

    public RecordingObserver Observer { get; } = new();

    /// <summary>Told before each thing that is done to the disk.</summary>
    public Action<string>? FileStep { get; init; }

    public string CheckpointFolder => Path.Combine(_folder.Path, CheckpointKeeper.Folder);

    public string Checkpoint(long number) => Path.Combine(_folder.Path, CheckpointKeeper.Folder, $"{number}.ckpt");

    /// <summary>Trains to the end.</summary>
    /// <param name="from">The file of the checkpoint to go on from; null begins anew.</param>
    /// <param name="killAt">The batch, of all epochs, after which the process is gone; null for none.</param>
    /// <param name="everyBatch">Save inside epochs too, as often as the disk allows.</param>
    /// <param name="epochs">How many.</param>
    /// <param name="continues">Whether it is a second fit behind a first one.</param>
    /// <returns>Whether it came to its end.</returns>
    public bool Run(string? from, long? killAt = null, bool everyBatch = true, int epochs = Scenario.Epochs, bool continues = false)
    {
        using var content = from is null ? null : CheckpointFile.Read(from);
        var killed = new Killed(Observer, killAt, name => Published[name] = Digest(_folder.Read(name)));
        var files = new OutputFiles(_folder.Path, killed);
        using var keeper = new CheckpointKeeper(Path.Combine(_folder.Path, CheckpointKeeper.Folder), killed, TimeProvider.System)
        {
            EverySeconds = everyBatch ? 0 : null,
            LastNumber = from is null ? 0 : long.Parse(Path.GetFileNameWithoutExtension(from), System.Globalization.CultureInfo.InvariantCulture),
            Files = files,
            FileStep = FileStep,
        };
        try
        {
            _trainer.Fit(_rows, new FitOptions
            {
                Epochs = epochs,
                Validation = _validation,
                Callbacks = _callbacks,
                Files = files,
                Observer = killed,
                Checkpoints = keeper,
                Resume = content is null ? null : new ResumedState(content, keeper.LastNumber, continues),
                StepMetricsEvery = killAt is null ? null : 1,
            });
        }
        catch (KilledException)
        {
            return false;
        }
        files.Announce();
        return true;
    }

    /// <summary>The newest checkpoint that was complete when the process went.</summary>
    public string? Newest => Observer.Of<TrainerCheckpointFile>().MaxBy(file => file.Number) is { } file ? Checkpoint(file.Number) : null;

    /// <summary>All that can be seen of a training that ended: weights, optimizer, history, files.</summary>
    public string Result()
    {
        var result = new StringBuilder();
        foreach (var weight in _model.Weights)
            result.AppendLine($"{weight.Path} {Digest(weight.Value.detach().contiguous().bytes)}");
        foreach (var (name, part) in _optimizer.GetState())
        {
            using (part)
                result.AppendLine($"{name} {Digest(part.contiguous().bytes)}");
        }
        foreach (var (name, digest) in Published.Where(file => !file.Key.Contains("tfevents", StringComparison.Ordinal))) // these hold the time of day
            result.AppendLine($"{name} {digest}");
        return result.Append(File.ReadAllText(Path.Combine(_folder.Path, "history.csv"))).ToString();
    }

    /// <summary>Files by name and digest, as they were when they were announced: from then on they are safe.</summary>
    public SortedDictionary<string, string> Published { get; init; } = [];

    public string PathOf(string name) => Path.Combine(_folder.Path, name);

    private static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];

    public void Dispose()
    {
        _callbacks.ForEach(callback => callback.Dispose());
        _trainer.Dispose();
        _optimizer.Dispose();
        _mirror?.Dispose();
        _model.Dispose();
        _rows.Dispose();
        _validation?.Dispose();
        _folder.Dispose();
        set_num_threads(1);
    }

    private sealed class KilledException : Exception;

    /// <summary>Ends the training at a batch as a signal would: nothing that comes after it happens.</summary>
    private sealed class Killed(ITrainingObserver inner, long? at, Action<string> publish) : ITrainingObserver
    {
        public void OnStep(StepEvent step)
        {
            if (step.GlobalStep == at)
                throw new KilledException();
        }

        public void OnPhase(TrainerPhase phase) => inner.OnPhase(phase);

        public void OnModel(ModelEvent model) => inner.OnModel(model);

        public void OnEpochBegin(EpochBeginEvent epoch) => inner.OnEpochBegin(epoch);

        public void OnProgress(ProgressEvent progress) => inner.OnProgress(progress);

        public void OnEpochEnd(EpochEndEvent epoch) => inner.OnEpochEnd(epoch);

        public void OnEvaluation(EvaluationEvent evaluation) => inner.OnEvaluation(evaluation);

        public void OnResumed(ResumedEvent resumed) => inner.OnResumed(resumed);

        public void OnCheckpoint(TrainerCheckpointFile checkpoint) => inner.OnCheckpoint(checkpoint);

        public void OnLog(LogEvent line) => inner.OnLog(line);

        public void OnFile(TrainerFile file)
        {
            inner.OnFile(file);
            publish(file.Name);
        }
    }
}
