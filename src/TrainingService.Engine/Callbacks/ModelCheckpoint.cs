using System.Text.Json.Nodes;
using TrainingService.Engine.Training;
using Specs = TrainingService.Contracts.Callbacks;

namespace TrainingService.Engine.Callbacks;

/// <summary>Saves the weights after every epoch, or only after those in which the watched figure improved.</summary>
public sealed class ModelCheckpoint(Specs.ModelCheckpoint spec) : Callback
{
    private readonly string _filepath = spec.Filepath ?? (spec.SaveBestOnly ? "best.weights.safetensors" : "epoch-{epoch:02d}.weights.safetensors");
    private Monitor _monitor;

    /// <summary>Best value so far; only with save_best_only.</summary>
    public double? Best { get; private set; } = spec.InitialValueThreshold;

    /// <inheritdoc />
    public override void OnTrainBegin()
    {
        if (spec.SaveBestOnly)
            _monitor = new(Monitor.DirectionOf(spec.Monitor, spec.Mode, Fit.Metrics), 0);
    }

    /// <inheritdoc />
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        if (spec.SaveBestOnly && logs.Find(spec.Monitor) is { } current)
        {
            if (!_monitor.IsImprovement(current, Best))
                return;
            Best = current;
        }
        // Without the watched figure Keras saves too, rather than never.
        Fit.Files.SaveWeights(Fit.Model, PythonFormat.Fill(_filepath, epoch + 1, logs));
    }

    /// <inheritdoc />
    public override JsonObject GetState() => new() { ["best"] = Best };

    /// <inheritdoc />
    public override void SetState(JsonObject state) => Best = (double?)state["best"];
}
