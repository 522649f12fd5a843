using TorchSharp;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Checkpoints;
using Pipeline = TrainingService.Engine.Datasets.Pipeline;

namespace TrainingService.Engine.Training;

/// <content>Epochs and batches, and where they begin and end.</content>
public sealed partial class Trainer
{
    /// <summary>Trains the model.</summary>
    /// <param name="train">Rows to learn from.</param>
    /// <param name="options">Epochs, validation, callbacks, limits, where to begin and what to save.</param>
    /// <returns>Why it stopped.</returns>
    /// <exception cref="CheckpointException">What it should go on from is another run's.</exception>
    public StopReason Fit(Pipeline train, FitOptions options)
    {
        var fit = FitContextOf(options, train);
        var callbacks = new CallbackList(options.Callbacks, fit);
        var at = new FitPosition { Epoch = options.InitialEpoch, Origin = train.InitialEpoch };
        callbacks.Each(callback => callback.OnTrainBegin());
        var run = new FitRun(train, options, fit, callbacks, at);
        if (options.Resume is { } resume)
        {
            Resume(resume, run);
            resume.Content.Dispose(); // it is as large as the model with its optimizer
            if (at.Ended is { } ended)
                return ended; // only its evaluation and its files are missing
            options.Limits.Check(fit);
        }
        run.Finish.WillSave(4 * _model.TotalParams * sizeof(float));
        while (at.Epoch < options.Epochs && fit.StopReason is null)
            RunEpoch(run);

        if (fit.StopReason == StopReason.UserRequest)
            SaveNow(run); // as it is now: whoever goes on from it must not know that it stopped
        _optimizer.FinalizeVariableValues();
        callbacks.Each(callback => callback.OnTrainEnd(at.Last));
        if (fit.StopReason != StopReason.UserRequest)
        {
            at.Ended = fit.StopReason ?? StopReason.Completed;
            SaveNow(run);
        }
        options.Checkpoints?.Wait();
        return at.Ended ?? StopReason.UserRequest;
    }

    private void RunEpoch(FitRun run)
    {
        var (at, fit, callbacks, options) = (run.At, run.Fit, run.Callbacks, run.Options);
        var clock = new EpochClock(run.Train, options.Epochs, at, _means);
        if (at is { Step: 0, Trained: null })
        {
            callbacks.Each(callback => callback.OnEpochBegin(at.Epoch));
            options.Observer?.OnEpochBegin(new EpochBeginEvent(at.Epoch + 1, options.Epochs));
            _means.Reset();
        }
        if (at.Trained is null)
        {
            RunBatches(run, clock);
            clock.TrainingEnded();
            if (fit.StopReason is StopReason.UserRequest or StopReason.MaxRuntime)
                return; // an epoch that was cut short has no figures
        }
        var logs = at.Trained ?? _means.Read();
        if (options.Validation is { } validation && options.ValidationFreq.Includes(at.Epoch + 1) && !Validate(run, validation, ref logs))
            return;
        callbacks.Each(callback => callback.OnEpochEnd(at.Epoch, logs));
        options.Observer?.OnEpochEnd(clock.End(logs));
        if (clock.BoundByData() is { } bound)
            options.Observer?.OnLog(bound);
        at.EndEpoch(logs);
        options.Limits.Check(fit, run.Finish.End);
        if (fit.StopReason is null && at.Epoch < options.Epochs && options.Checkpoints is { } checkpoints && checkpoints.IsDueAfterEpoch(at.Epoch))
            Save(run, checkpoints);
    }

    private void RunBatches(FitRun run, EpochClock clock)
    {
        var (at, fit, callbacks, options) = (run.At, run.Fit, run.Callbacks, run.Options);
        var (time, began) = (options.Limits.Time, 0L);
        foreach (var batch in run.Train.Epoch(at.Epoch, at.Step))
        {
            var rows = batch.Rows;
            if (options.Limits.HasDeadline)
                began = time.GetTimestamp();
            using (batch)
            using (torch.NewDisposeScope()) // every tensor of the step dies here
            {
                callbacks.Each(callback => callback.OnTrainBatchBegin(at.Step));
                TrainStep(batch);
                callbacks.Each(callback => callback.OnTrainBatchEnd(at.Step, _means));
            }
            at.Step++;
            at.GlobalStep++;
            Pulse.BeatBatch();
            if (options.Limits.HasDeadline)
                run.Finish.Learned(rows, time.GetElapsedTime(began));
            if (options.StepMetricsEvery is { } every && at.GlobalStep % every == 0)
                options.Observer?.OnStep(StepEvent(at));
            if (clock.ProgressIsDue())
                options.Observer?.OnProgress(clock.Progress(at.Step));
            options.Limits.Check(fit, run.Finish.End);
            clock.Note();
            if (fit.StopReason is not null)
                return;
            if (options.Checkpoints is { } checkpoints && checkpoints.IsDueAfterBatch())
                Save(run, checkpoints);
        }
    }

    private StepEvent StepEvent(FitPosition at)
    {
        var logs = _means.Read();
        return new StepEvent(at.Epoch + 1, at.Step, at.GlobalStep, logs.ToFigures(), logs.ToNonFinite());
    }

    /// <summary>Adds the validation's figures.</summary>
    /// <returns>False when there was no time for it, or somebody asked to stop.</returns>
    private bool Validate(FitRun run, Pipeline validation, ref Logs logs)
    {
        var (at, limits) = (run.At, run.Options.Limits);
        limits.Check(run.Fit, run.Finish.Evaluation(validation.RowsPerEpoch) + run.Finish.End);
        if (run.Fit.StopReason == StopReason.MaxRuntime)
            return false;
        var began = limits.Time.GetTimestamp();
        at.Trained = logs.Copy();
        // A validation that is left is repeated: what it moves, such as the states of stateful layers, must be as before.
        using var before = run.Options.Checkpoints is null ? null : StateOf(LayersPath, _model.LayerStates);
        try
        {
            logs.Add("val_", Evaluate(validation, run.Callbacks, limits, drawing: at.Epoch));
        }
        catch (OperationCanceledException) when (limits.IsCancelled && run.Options.Checkpoints is { } checkpoints)
        {
            run.Fit.RequestStop(StopReason.UserRequest);
            Save(run, checkpoints, before);
            return false;
        }
        run.Finish.Evaluated(validation.RowsPerEpoch, limits.Time.GetElapsedTime(began));
        return true;
    }

    /// <summary>What a fit works with, from its first batch to its last.</summary>
    private sealed record FitRun(Pipeline Train, FitOptions Options, FitContext Fit, CallbackList Callbacks, FitPosition At)
    {
        public FinishTime Finish { get; } = new(Options.FinalRows);
    }
}
