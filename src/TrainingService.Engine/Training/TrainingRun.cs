using TorchSharp;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Optimizers;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Checkpoints;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Distribution;
using TrainingService.Engine.Models;
using TrainingService.Engine.Native;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Random;

namespace TrainingService.Engine.Training;

/// <summary>One job from its plan to its files: prepare, train, evaluate, export.</summary>
/// <param name="plan">What to do.</param>
/// <param name="observer">Who watches.</param>
/// <param name="time">The clock; null is the system's.</param>
public sealed class TrainingRun(TrainerPlan plan, ITrainingObserver observer, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly OutputFiles _files = new(plan.OutputDirectory, observer);
    private ulong? _memoryBefore;

    /// <summary>Runs the job on the calling thread.</summary>
    /// <param name="cancelled">Somebody cancels; training stops after the batch.</param>
    /// <returns>How it ended. Failures are results, with the whole exception in an error log line.</returns>
    public TrainerResult Execute(CancellationToken cancelled)
    {
        try
        {
            return Run(cancelled);
        }
        catch (OperationCanceledException) when (cancelled.IsCancellationRequested)
        {
            _files.Announce();
            return new TrainerResult(StopReason.UserRequest);
        }
        catch (Exception failure)
        {
            ProcessMemory.Lift(_memoryBefore);
            observer.OnLog(new LogEvent("error", failure.ToString()));
            _files.Announce();
            return FailureClassifier.Classify(failure, plan);
        }
    }

    /// <summary>Told before each thing that a checkpoint does to the disk.</summary>
    internal Action<string>? FileStep { get; init; }

    private TrainerResult Run(CancellationToken cancelled)
    {
        var spec = plan.Spec;
        var limits = new RunLimits(_time, spec.Stopping?.MaxRuntimeSeconds is { } seconds ? TimeSpan.FromSeconds(seconds - plan.RunSecondsBefore) : null, cancelled);

        observer.OnPhase(new TrainerPhase(JobPhase.Preparing));
        NativeTorch.EnsureLoaded();
        if (plan.MemoryLimitBytes is { } most)
            _memoryBefore = ProcessMemory.Limit(most);
        torch.set_num_threads(Math.Max(1, plan.Threads));
        var device = Devices.Choose(spec.Resources?.Device);
        var random = new RandomStreams(spec.Seed ?? 0);
        var choice = CheckpointChoice.Read(plan, observer);
        using var content = choice?.Content;
        using var data = new JobData(plan, random, content is null ? null : new StateReader(content).Value<int>("fit/origin"));
        using var model = new Model(MixedPrecision.Apply(spec.Model, spec.Resources?.MixedPrecision), data.Train.FeatureShapes, random, device);
        Devices.CheckPrecision(device, model);
        using var mirror = spec.Resources is { Strategy: not null } resources
            ? new Mirror(model, random, Devices.Mirrored(device, resources.Replicas), plan.Threads) : null;
        using var optimizer = OptimizerTable.Build(OptimizerTable.Compile(spec.Compile, model.Spec), model.Parameters, model.Spec.Name);
        using var trainer = new Trainer(model, optimizer, TrainedOutput.Build(spec.Compile, model.Walk, data.Train.LabelShapes)) { Mirror = mirror };
        observer.OnModel(new ModelEvent(
            model.TotalParams, model.TrainableParams, device.ToString(), torch.get_num_threads(), data.Train.RowsPerEpoch,
            data.Validation?.RowsPerEpoch ?? 0, data.Train.BatchSize, data.Train.BatchesPerEpoch));

        observer.OnPhase(new TrainerPhase(JobPhase.Training));
        var reason = Fit(trainer, data, limits, choice);

        if (reason != StopReason.UserRequest && (data.Test ?? data.Validation) is { } rows)
        {
            observer.OnPhase(new TrainerPhase(JobPhase.Evaluating));
            var logs = trainer.Evaluate(rows, limits);
            observer.OnEvaluation(new EvaluationEvent(data.Test is null ? "validation" : "test", logs.ToFigures(), logs.ToNonFinite(), rows.RowsPerEpoch));
        }

        observer.OnPhase(new TrainerPhase(JobPhase.Exporting));
        _files.SaveModel(model);
        _files.SavePreprocessing(data.Preprocessing);
        _files.Announce();
        return new TrainerResult(reason);
    }

    private StopReason Fit(Trainer trainer, JobData data, RunLimits limits, (CheckpointContent Content, TrainerCheckpoint Which)? from)
    {
        using var checkpoints = Keeper();
        var fit = plan.Spec.Fit ?? new FitSpec();
        var callbacks = (fit.Callbacks ?? []).Select(CallbackTable.Build).ToList();
        // The history is written last, so that it has what the other callbacks put into the logs.
        var history = new Contracts.Callbacks.CSVLogger();
        if (!(fit.Callbacks ?? []).OfType<Contracts.Callbacks.CSVLogger>().Any(logger => logger.Filename == history.Filename))
            callbacks.Add(new CSVLogger(history) { Continues = true });
        try
        {
            return trainer.Fit(data.Train, new FitOptions
            {
                Epochs = fit.Epochs,
                InitialEpoch = fit.InitialEpoch,
                Validation = data.Validation,
                ValidationFreq = fit.ValidationFreq,
                Callbacks = callbacks,
                Files = _files,
                Limits = limits,
                Observer = observer,
                Checkpoints = checkpoints,
                Resume = from is { } begin ? new ResumedState(begin.Content, begin.Which.Number, plan.ContinueFrom) : null,
                StepMetricsEvery = plan.Spec.MetricsEverySteps,
                FinalRows = (data.Test ?? data.Validation)?.RowsPerEpoch ?? 0,
            });
        }
        finally
        {
            callbacks.ForEach(callback => callback.Dispose());
        }
    }

    private CheckpointKeeper Keeper()
    {
        var wanted = plan.Spec.Checkpoint ?? new Contracts.Jobs.CheckpointSpec();
        return new CheckpointKeeper(Path.Combine(plan.OutputDirectory, CheckpointKeeper.Folder), observer, _time)
        {
            EveryEpochs = wanted.EveryEpochs,
            EverySeconds = wanted.EverySeconds,
            LastNumber = (plan.ResumeFallbacks ?? []).Append(plan.Resume).Max(checkpoint => checkpoint?.Number) ?? 0,
            Identity = RunIdentity.Of(plan).ToJsonString(),
            Files = _files,
            FileStep = FileStep,
        };
    }
}
