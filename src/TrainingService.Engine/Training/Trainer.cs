using TorchSharp;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Metrics;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Losses;
using TrainingService.Engine.Metrics;
using TrainingService.Engine.Models;
using TrainingService.Engine.Optimizers;

namespace TrainingService.Engine.Training;

/// <summary>
/// A compiled model: Keras's <c>fit</c>, <c>evaluate</c> and <c>predict</c>. Everything runs synchronously on the calling thread, because
/// libtorch's dispose scopes belong to a thread.
/// </summary>
/// <param name="model">What is trained.</param>
/// <param name="optimizer">What trains it.</param>
/// <param name="loss">What is made small.</param>
/// <param name="metrics">What is watched.</param>
public sealed class Trainer(Model model, Optimizer optimizer, Loss loss, IReadOnlyList<Metric> metrics) : IDisposable
{
    private readonly RunningMeans _means = new(metrics);

    /// <summary>Trains the model.</summary>
    /// <param name="train">Rows to learn from.</param>
    /// <param name="options">Epochs, validation, callbacks, limits.</param>
    /// <returns>Why it stopped.</returns>
    public StopReason Fit(Pipeline train, FitOptions options)
    {
        var fit = FitContextOf(options, train);
        var callbacks = new CallbackList(options.Callbacks, fit);
        var logs = new Logs();
        callbacks.Each(callback => callback.OnTrainBegin());
        for (var epoch = options.InitialEpoch; epoch < options.Epochs && fit.StopReason is null; epoch++)
        {
            var clock = new EpochClock(train, options.Epochs, epoch);
            callbacks.Each(callback => callback.OnEpochBegin(epoch));
            options.Observer?.OnEpochBegin(new EpochBeginEvent(epoch + 1, options.Epochs));
            RunEpoch(train, epoch, fit, callbacks, options, clock);
            clock.TrainingEnded(_means.Rows);
            if (fit.StopReason is StopReason.UserRequest or StopReason.MaxRuntime)
                break; // an epoch that was cut short has no figures
            logs = _means.Read();
            if (options.Validation is { } validation && options.ValidationFreq.Includes(epoch + 1))
                logs.Add("val_", Evaluate(validation, callbacks, options.Limits));
            callbacks.Each(callback => callback.OnEpochEnd(epoch, logs));
            options.Observer?.OnEpochEnd(clock.End(logs));
            options.Limits.Check(fit);
        }
        optimizer.FinalizeVariableValues();
        callbacks.Each(callback => callback.OnTrainEnd(logs));
        return fit.StopReason ?? StopReason.Completed;
    }

    private void RunEpoch(Pipeline train, int epoch, FitContext fit, CallbackList callbacks, FitOptions options, EpochClock clock)
    {
        _means.Reset();
        long step = 0;
        foreach (var batch in train.Epoch(epoch))
        {
            using (batch)
            using (torch.NewDisposeScope()) // every tensor of the step dies here
            {
                callbacks.Each(callback => callback.OnTrainBatchBegin(step));
                TrainStep(batch);
                callbacks.Each(callback => callback.OnTrainBatchEnd(step, _means));
            }
            step++;
            if (clock.ProgressIsDue())
                options.Observer?.OnProgress(clock.Progress(step, _means));
            options.Limits.Check(fit);
            if (fit.StopReason is not null)
                return;
        }
    }

    private void TrainStep(Batch batch)
    {
        var (x, y, weights) = ToDevice(batch);
        model.Parameters.ZeroGradients();
        var outputs = model.Call(x, training: true);
        var value = loss.Call(y, outputs, weights); // scalar: mean over the batch
        optimizer.ScaleLoss(value).backward();
        optimizer.Step();
        _means.Add(value, y, outputs);
    }

    /// <summary>Loss and metrics of rows that the model does not learn from.</summary>
    /// <param name="pipeline">The rows.</param>
    /// <param name="limits">What may cut it short; null for nothing.</param>
    public Logs Evaluate(Pipeline pipeline, RunLimits? limits = null) => Evaluate(pipeline, CallbackList.None, limits);

    private Logs Evaluate(Pipeline pipeline, CallbackList callbacks, RunLimits? limits)
    {
        using var noGrad = torch.no_grad();
        _means.Reset();
        callbacks.Each(callback => callback.OnTestBegin());
        long step = 0;
        foreach (var batch in pipeline.Epoch(0))
        {
            limits?.ThrowIfCancelled();
            using (batch)
            using (torch.NewDisposeScope())
            {
                callbacks.Each(callback => callback.OnTestBatchBegin(step));
                var (x, y, weights) = ToDevice(batch);
                var outputs = model.Call(x, training: false);
                _means.Add(loss.Call(y, outputs, weights), y, outputs);
                callbacks.Each(callback => callback.OnTestBatchEnd(step, _means));
            }
            step++;
        }
        var logs = _means.Read();
        callbacks.Each(callback => callback.OnTestEnd(logs));
        return logs;
    }

    /// <summary>The model's outputs for all rows, on the CPU; the caller disposes of them.</summary>
    /// <param name="pipeline">The rows; their labels are not looked at.</param>
    /// <param name="callbacks">Told of the batches, in order. Default: none.</param>
    public torch.Tensor Predict(Pipeline pipeline, params IReadOnlyList<Callback> callbacks)
    {
        using var noGrad = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var list = new CallbackList(callbacks, FitContextOf(new FitOptions(), pipeline));
        List<torch.Tensor> outputs = [];
        list.Each(callback => callback.OnPredictBegin());
        long step = 0;
        foreach (var batch in pipeline.Epoch(0))
        {
            using (batch)
            using (torch.NewDisposeScope())
            {
                list.Each(callback => callback.OnPredictBatchBegin(step));
                outputs.Add(model.Call(ToDevice(batch).X, training: false).cpu().MoveToOuterDisposeScope());
                list.Each(callback => callback.OnPredictBatchEnd(step));
            }
            step++;
        }
        list.Each(callback => callback.OnPredictEnd());
        return torch.cat(outputs).DetachFromDisposeScope();
    }

    private FitContext FitContextOf(FitOptions options, Pipeline rows) => new()
    {
        Model = model,
        Optimizer = optimizer,
        Metrics = metrics.SelectMany(metric => metric.LogNames, (metric, name) => KeyValuePair.Create(name, metric.Direction)).ToDictionary(),
        Files = options.Files,
        Epochs = options.Epochs,
        Steps = rows.BatchesPerEpoch,
        Time = options.Limits.Time,
    };

    private (torch.Tensor X, torch.Tensor Y, torch.Tensor? Weights) ToDevice(Batch batch) => model.Device.type == DeviceType.CPU
        ? (batch.Features, batch.Labels, batch.SampleWeight)
        : (batch.Features.to(model.Device), batch.Labels.to(model.Device), batch.SampleWeight?.to(model.Device));

    /// <inheritdoc />
    public void Dispose() => _means.Dispose();
}
