using TrainingService.Engine.Training;
using Specs = TrainingService.Contracts.Callbacks;

namespace TrainingService.Engine.Callbacks;

/// <summary>Lowers the learning rate when the watched figure has not improved; logs the rate that the epoch had.</summary>
public sealed class ReduceLROnPlateau(Specs.ReduceLROnPlateau spec) : Callback
{
    private Monitor _monitor;
    private double? _best;
    private int _wait, _cooldown;

    /// <inheritdoc />
    public override void OnTrainBegin()
    {
        _monitor = new(Monitor.DirectionOf(spec.Monitor, spec.Mode, Fit.Metrics), spec.MinDelta);
        (_best, _wait, _cooldown) = (null, 0, 0);
    }

    /// <inheritdoc />
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        logs["learning_rate"] = Fit.Optimizer.LearningRate;
        if (logs.Find(spec.Monitor) is not { } current)
            return;
        if (_cooldown > 0)
        {
            _cooldown--;
            _wait = 0;
        }
        if (_monitor.IsImprovement(current, _best))
        {
            _best = current;
            _wait = 0;
        }
        else if (_cooldown == 0 && ++_wait >= spec.Patience)
        {
            Reduce();
        }
    }

    private void Reduce()
    {
        if (Fit.Optimizer.LearningRate <= (float)spec.MinLr)
            return;
        Fit.Optimizer.LearningRate = Math.Max(Fit.Optimizer.LearningRate * spec.Factor, spec.MinLr);
        _cooldown = spec.Cooldown;
        _wait = 0;
    }

    /// <inheritdoc />
    public override CallbackState GetState() => new(new() { ["best"] = CallbackState.Number(_best), ["wait"] = _wait, ["cooldown"] = _cooldown });

    /// <inheritdoc />
    public override void SetState(CallbackState state) => (_best, _wait, _cooldown) =
        (CallbackState.Number(state.Values["best"]), (int)state.Values["wait"]!, (int)state.Values["cooldown"]!);
}
