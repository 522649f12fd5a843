using TorchSharp;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Datasets;
using TrainingService.Engine.Distribution;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Losses;
using TrainingService.Engine.Metrics;
using TrainingService.Engine.Models;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Regularizers;
using Pipeline = TrainingService.Engine.Datasets.Pipeline;

namespace TrainingService.Engine.Training;

/// <summary>
/// A compiled model: Keras's <c>fit</c>, <c>evaluate</c> and <c>predict</c>. Everything runs synchronously on the calling thread, because
/// libtorch's dispose scopes belong to a thread.
/// </summary>
public sealed partial class Trainer : IDisposable
{
    private readonly Model _model;
    private readonly Optimizer _optimizer;
    private readonly IReadOnlyList<TrainedOutput> _outputs;
    private readonly RunningMeans _means;
    private readonly IReadOnlyCollection<int>? _untrained;
    private (int Labels, IReadOnlyList<int?> Places) _labelPlaces = (0, []);
    private readonly (Weight Weight, Func<torch.Tensor, torch.Tensor> Penalty)[] _penalties;

    /// <summary>A model of one output.</summary>
    /// <param name="model">What is trained.</param>
    /// <param name="optimizer">What trains it.</param>
    /// <param name="loss">What is made small.</param>
    /// <param name="metrics">What is watched.</param>
    public Trainer(Model model, Optimizer optimizer, Loss loss, IReadOnlyList<Metric> metrics)
        : this(model, optimizer, [new TrainedOutput(model.Walk.Outputs[0].Name, loss, null, metrics, [])])
    {
    }

    /// <summary>A model of any number of outputs.</summary>
    /// <param name="model">What is trained.</param>
    /// <param name="optimizer">What trains it.</param>
    /// <param name="outputs">What each output is compiled with, in the model's order.</param>
    public Trainer(Model model, Optimizer optimizer, IReadOnlyList<TrainedOutput> outputs)
    {
        (_model, _optimizer, _outputs) = (model, optimizer, outputs);
        _means = new RunningMeans(outputs);
        _untrained = Untrained.Of(model, [.. outputs.Select(output => output.Loss is not null)]);
        _penalties = [.. model.Weights.Where(weight => weight is { Trainable: true, Regularizer: not null }).Select(weight => (weight, RegularizerTable.Find(weight.Regularizer!)))];
    }

    /// <summary>Copies of the model that share every batch; null trains the model alone. Whoever made it disposes of it.</summary>
    public Mirror? Mirror { get; init; }

    private void TrainStep(Batch batch)
    {
        _model.Parameters.ZeroGradients();
        var outputs = Mirror is null ? Learn(batch) : LearnMirrored(batch, Mirror);
        _optimizer.Step(_untrained);
        _model.Parameters.Round();
        Watch(batch, outputs);
    }

    private IReadOnlyList<KerasTensor> Learn(Batch batch)
    {
        var (outputs, total) = Forward(batch, training: true);
        _optimizer.ScaleLoss(total).backward();
        _model.Parameters.CollectGradients();
        return outputs;
    }

    private IReadOnlyList<KerasTensor> LearnMirrored(Batch batch, Mirror mirror)
    {
        var (outputs, added) = mirror.Forward(Inputs(batch));
        _optimizer.ScaleLoss(Total(batch, outputs, added)).backward();
        mirror.Backward();
        return outputs;
    }

    /// <summary>The model's outputs, and the sum of the weighted losses, of what layers add, and of the weights' penalties.</summary>
    private (IReadOnlyList<KerasTensor> Outputs, torch.Tensor Total) Forward(Batch batch, bool training)
    {
        var call = new CallContext(training);
        var outputs = _model.Call(Inputs(batch), call);
        return (outputs, Total(batch, outputs, call.Losses));
    }

    private torch.Tensor Total(Batch batch, IReadOnlyList<KerasTensor> outputs, IReadOnlyList<torch.Tensor> addedLosses)
    {
        var places = LabelPlaces(batch);
        List<torch.Tensor> own = [];
        torch.Tensor? total = null;
        for (var i = 0; i < _outputs.Count; i++)
        {
            if (_outputs[i].Loss is not { } loss)
                continue;
            var value = loss.Call(Labels(batch, places[i]!.Value), outputs[i].Value, Weights(batch, places[i]!.Value), outputs[i].Mask); // scalar
            own.Add(value);
            var weighted = _outputs[i].Weight is { } weight ? value * weight : value;
            total = total is null ? weighted : total + weighted;
        }
        foreach (var added in addedLosses)
            total = total! + added;
        foreach (var (weight, penalty) in _penalties)
            total = total! + penalty(weight.Value);
        _means.AddLoss(batch.Rows, total!, own);
        return total!;
    }

    /// <summary>Which of the batch's labels each output has; found out with the first batch of a kind.</summary>
    private IReadOnlyList<int?> LabelPlaces(Batch batch)
    {
        var labels = 1 + batch.MoreLabels.Count;
        if (_labelPlaces.Labels != labels)
            _labelPlaces = (labels, TrainedOutput.LabelPlaces([.. _outputs.Select(output => output.Loss is not null)], labels));
        return _labelPlaces.Places;
    }

    /// <summary>Adds the batch to the metrics.</summary>
    private void Watch(Batch batch, IReadOnlyList<KerasTensor> outputs)
    {
        var places = LabelPlaces(batch);
        for (var i = 0; i < _outputs.Count; i++)
        {
            if (places[i] is not { } place)
                continue;
            foreach (var metric in _outputs[i].Metrics)
                metric.Update(Labels(batch, place), outputs[i].Value, mask: outputs[i].Mask);
            foreach (var metric in _outputs[i].WeightedMetrics)
                metric.Update(Labels(batch, place), outputs[i].Value, Weights(batch, place), outputs[i].Mask);
        }
    }

    /// <summary>Loss and metrics of rows that the model does not learn from.</summary>
    /// <param name="pipeline">The rows.</param>
    /// <param name="limits">What may cut it short; null for nothing.</param>
    public Logs Evaluate(Pipeline pipeline, RunLimits? limits = null) => Evaluate(pipeline, CallbackList.None, limits, drawing: 0);

    private Logs Evaluate(Pipeline pipeline, CallbackList callbacks, RunLimits? limits, int drawing)
    {
        using var noGrad = torch.no_grad();
        _means.Reset();
        callbacks.Each(callback => callback.OnTestBegin());
        long step = 0;
        foreach (var batch in pipeline.Epoch(0, drawing: drawing))
        {
            Pulse.BeatBatch();
            limits?.ThrowIfCancelled();
            using (batch)
            using (torch.NewDisposeScope())
            {
                callbacks.Each(callback => callback.OnTestBatchBegin(step));
                var (outputs, _) = Forward(batch, training: false);
                Watch(batch, outputs);
                callbacks.Each(callback => callback.OnTestBatchEnd(step, _means));
            }
            step++;
        }
        var logs = _means.Read();
        callbacks.Each(callback => callback.OnTestEnd(logs));
        return logs;
    }

    /// <summary>The first output of the model for all rows, on the CPU; the caller disposes of it.</summary>
    /// <param name="pipeline">The rows; their labels are not looked at.</param>
    /// <param name="callbacks">Told of the batches, in order. Default: none.</param>
    public torch.Tensor Predict(Pipeline pipeline, params IReadOnlyList<Callback> callbacks)
    {
        var outputs = PredictAll(pipeline, callbacks);
        foreach (var other in outputs.Skip(1))
            other.Dispose();
        return outputs[0];
    }

    /// <summary>The model's outputs for all rows, on the CPU; the caller disposes of them.</summary>
    /// <param name="pipeline">The rows; their labels are not looked at.</param>
    /// <param name="callbacks">Told of the batches, in order. Default: none.</param>
    public IReadOnlyList<torch.Tensor> PredictAll(Pipeline pipeline, params IReadOnlyList<Callback> callbacks)
    {
        using var noGrad = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var list = new CallbackList(callbacks, FitContextOf(new FitOptions(), pipeline));
        var parts = _outputs.Select(_ => new List<torch.Tensor>()).ToList();
        list.Each(callback => callback.OnPredictBegin());
        long step = 0;
        foreach (var batch in pipeline.Epoch(0))
        {
            using (batch)
            using (torch.NewDisposeScope())
            {
                list.Each(callback => callback.OnPredictBatchBegin(step));
                var outputs = _model.Call(Inputs(batch), new CallContext(training: false));
                // A copy: an output may be one of the inputs, which belong to the batch.
                for (var i = 0; i < parts.Count; i++)
                    parts[i].Add(outputs[i].Value.to(torch.CPU, copy: true).MoveToOuterDisposeScope());
                list.Each(callback => callback.OnPredictBatchEnd(step));
            }
            step++;
        }
        list.Each(callback => callback.OnPredictEnd());
        return [.. parts.Select(part => torch.cat(part).DetachFromDisposeScope())];
    }

    private FitContext FitContextOf(FitOptions options, Pipeline rows) => new()
    {
        Model = _model,
        Optimizer = _optimizer,
        Metrics = _means.Directions,
        Files = options.Files,
        Epochs = options.Epochs,
        Steps = rows.StepsPerEpoch ?? rows.BatchesPerEpoch,
        Time = options.Limits.Time,
    };

    private KerasTensor[] Inputs(Batch batch)
    {
        var inputs = new KerasTensor[1 + batch.MoreFeatures.Count];
        inputs[0] = new KerasTensor(ToDevice(batch.Features));
        for (var i = 1; i < inputs.Length; i++)
            inputs[i] = new KerasTensor(ToDevice(batch.MoreFeatures[i - 1]));
        return inputs;
    }

    private torch.Tensor Labels(Batch batch, int place) => ToDevice(place == 0 ? batch.Labels : batch.MoreLabels[place - 1]);

    private torch.Tensor? Weights(Batch batch, int place) =>
        (place == 0 || batch.MoreSampleWeights.Count == 0 ? batch.SampleWeight : batch.MoreSampleWeights[place - 1]) is { } weights ? ToDevice(weights) : null;

    private torch.Tensor ToDevice(torch.Tensor tensor) => _model.Device.type == DeviceType.CPU ? tensor : tensor.to(_model.Device);

    /// <inheritdoc />
    public void Dispose() => _means.Dispose();
}
