using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Models;
using TrainingService.Engine.Exports;
using TrainingService.Engine.Training;
using Specs = TrainingService.Contracts.Callbacks;

namespace TrainingService.Engine.Callbacks;

/// <summary>
/// Writes what Keras's TensorBoard writes, under Keras's tags: <c>epoch_…</c> of training and validation, <c>epoch_learning_rate</c>,
/// <c>evaluation_…_vs_iterations</c>, <c>batch_…</c>, histograms and images of the weights, and the model's description as <c>keras</c>.
/// Figures of an epoch are written whatever <c>update_freq</c> says.
/// </summary>
public sealed class TensorBoard(Specs.TensorBoard spec) : Callback
{
    private const string Train = "train", Validation = "validation";

    private readonly string _folder = Specs.TensorBoard.Folder(spec.LogDir);
    private readonly SortedDictionary<string, (string Name, EventFile File)> _open = new(StringComparer.Ordinal);
    private long _batch, _iterationsBefore, _epochBegan, _batchBegan;

    /// <inheritdoc />
    public override void OnTrainBegin()
    {
        Close();
        _batch = 0;
    }

    /// <inheritdoc />
    public override void OnEpochBegin(int epoch) => (_iterationsBefore, _epochBegan) = (Fit.Optimizer.Iterations, Fit.Time.GetTimestamp());

    /// <inheritdoc />
    public override void OnTrainBatchBegin(long batch)
    {
        _batch++;
        _batchBegan = Fit.Time.GetTimestamp();
    }

    /// <inheritdoc />
    public override void OnTrainBatchEnd(long batch, RunningMeans means)
    {
        if (spec.UpdateFreq.Batches is not { } every || _batch % every != 0)
            return;
        if (spec.WriteStepsPerSecond)
            Open(Train).Add(_batch, Summaries.Scalar("batch_steps_per_second", 1 / SecondsSince(_batchBegan)));
        AddScalars(Train, _batch, means.Read(), name => $"batch_{name}");
    }

    /// <inheritdoc />
    public override void OnTestEnd(Logs logs)
    {
        AddScalars(Validation, Fit.Optimizer.Iterations, logs, name => $"evaluation_{name}_vs_iterations");
        Open(Validation).Flush();
    }

    /// <inheritdoc />
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        var (train, validation) = (new Logs(), new Logs());
        foreach (var name in logs.Names)
        {
            if (name.StartsWith("val_", StringComparison.Ordinal))
                validation[name[4..]] = logs[name];
            else
                train[name] = logs[name];
        }
        train["learning_rate"] = Fit.Optimizer.LearningRate;
        if (spec.WriteStepsPerSecond)
            train["steps_per_second"] = (Fit.Optimizer.Iterations - _iterationsBefore) / SecondsSince(_epochBegan);
        AddScalars(Train, epoch, train, name => $"epoch_{name}");
        if (validation.Names.Count > 0)
            AddScalars(Validation, epoch, validation, name => $"epoch_{name}");
        if (spec.HistogramFreq > 0 && epoch % spec.HistogramFreq == 0)
            AddWeights(epoch);
        foreach (var (_, file) in _open.Values)
            file.Flush();
    }

    /// <inheritdoc />
    public override void OnTrainEnd(Logs logs)
    {
        if (spec.WriteGraph)
            Open(Train);
        Close();
    }

    private void AddScalars(string run, long step, Logs logs, Func<string, string> tag)
    {
        foreach (var name in logs.Names)
            Open(run).Add(step, Summaries.Scalar(tag(name), logs[name]));
    }

    private void AddWeights(int epoch)
    {
        // A Sequential builds its layers inside itself, so that Keras has its name before theirs.
        var before = Fit.Model.Spec is Sequential { Name: { } name } ? $"{name}/" : "";
        foreach (var weight in Fit.Model.Weights)
        {
            Open(Train).Add(epoch, Summaries.Histogram($"{before}{weight.Path}/histogram", weight.Value));
            if (spec.WriteImages && Summaries.Image($"{before}{weight.Path}/image", weight.Value) is { } image)
                Open(Train).Add(epoch, image);
        }
    }

    private EventFile Open(string run)
    {
        if (_open.TryGetValue(run, out var open))
            return open.File;
        // TensorBoard takes a file for events by "tfevents" in its name.
        var began = Fit.Time.GetUtcNow().ToUnixTimeSeconds();
        var name = string.Create(CultureInfo.InvariantCulture, $"{_folder}/{run}/events.out.tfevents.{began}.trainer.{Environment.ProcessId}.{_open.Count}.v2");
        var file = new EventFile(Fit.Files.CreateEvents(name), Fit.Time);
        _open[run] = (name, file);
        if (run == Train && spec.WriteGraph)
            file.Add(0, Summaries.KerasModel("keras", JsonSerializer.Serialize<ModelSpec>(Fit.Model.Spec, ContractsJson.Options)));
        return file;
    }

    private double SecondsSince(long timestamp) => Math.Max(Fit.Time.GetElapsedTime(timestamp).TotalSeconds, 1e-9);

    private void Close()
    {
        foreach (var (_, file) in _open.Values)
            file.Dispose();
        _open.Clear();
    }

    /// <inheritdoc />
    public override CallbackState GetState() => new(
        new()
        {
            ["batch"] = _batch,
            ["iterations_before"] = _iterationsBefore,
            ["epoch_seconds"] = CallbackState.Number(SecondsSince(_epochBegan)),
            ["files"] = new JsonObject(_open.Select(run => KeyValuePair.Create(run.Key, (JsonNode?)run.Value.Name))),
        },
        _open.ToDictionary(run => run.Key, run => torch.tensor(run.Value.File.Content(), dtype: torch.uint8).DetachFromDisposeScope()));

    /// <inheritdoc />
    public override void SetState(CallbackState state)
    {
        Close();
        (_batch, _iterationsBefore) = ((long)state.Values["batch"]!, (long)state.Values["iterations_before"]!);
        _epochBegan = Fit.Time.GetTimestamp() - (long)(CallbackState.Number(state.Values["epoch_seconds"])!.Value * Fit.Time.TimestampFrequency);
        foreach (var (run, name) in state.Values["files"]!.AsObject())
            _open[run] = ((string)name!, new EventFile(Fit.Files.CreateEvents((string)name!), Fit.Time, state.Tensors[run].bytes));
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Close();
    }
}
