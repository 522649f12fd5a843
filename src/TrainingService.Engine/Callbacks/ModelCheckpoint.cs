using TrainingService.Engine.Training;
using Specs = TrainingService.Contracts.Callbacks;

namespace TrainingService.Engine.Callbacks;

/// <summary>Saves the model after every epoch or every so many batches, or only then when the watched figure has improved.</summary>
public sealed class ModelCheckpoint(Specs.ModelCheckpoint spec) : Callback
{
    private readonly string _filepath = spec.NameTemplate();
    private Monitor _monitor;
    private int _epoch;
    private long _sinceSaving;

    /// <summary>Best value so far; only with save_best_only.</summary>
    public double? Best { get; private set; } = spec.InitialValueThreshold;

    /// <inheritdoc />
    public override void OnTrainBegin()
    {
        if (spec.SaveBestOnly)
            _monitor = new(Monitor.DirectionOf(spec.Monitor, spec.Mode, Fit.Metrics), 0);
    }

    /// <inheritdoc />
    public override void OnEpochBegin(int epoch) => _epoch = epoch;

    /// <inheritdoc />
    public override void OnTrainBatchEnd(long batch, RunningMeans means)
    {
        if (spec.SaveFreq.Batches is not { } every || ++_sinceSaving < every)
            return;
        _sinceSaving = 0;
        Save(_epoch, batch, means.Read());
    }

    /// <inheritdoc />
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        if (spec.SaveFreq.Batches is null)
            Save(epoch, null, logs);
    }

    private void Save(int epoch, long? batch, Logs logs)
    {
        if (spec.SaveBestOnly && logs.Find(spec.Monitor) is { } current)
        {
            if (!_monitor.IsImprovement(current, Best))
                return;
            Best = current;
        }
        // Without the watched figure Keras saves too, rather than never.
        Fit.Files.SaveModel(Fit.Model, PythonFormat.Fill(_filepath, epoch + 1, batch + 1, logs), spec.SaveWeightsOnly, IsOnce(batch));
    }

    /// <summary>Whether the name tells this file from all others that come.</summary>
    private bool IsOnce(long? batch) =>
        _filepath.Contains("{epoch", StringComparison.Ordinal) && (batch is null || _filepath.Contains("{batch", StringComparison.Ordinal));

    /// <inheritdoc />
    public override CallbackState GetState() => new(new() { ["best"] = CallbackState.Number(Best), ["batches_since_saving"] = _sinceSaving, ["epoch"] = _epoch });

    /// <inheritdoc />
    public override void SetState(CallbackState state) =>
        (Best, _sinceSaving, _epoch) = (CallbackState.Number(state.Values["best"]), (long)state.Values["batches_since_saving"]!, (int)state.Values["epoch"]!);
}
