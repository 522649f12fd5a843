using TorchSharp;
using TrainingService.Contracts.Jobs;
using TrainingService.Engine.Training;
using Specs = TrainingService.Contracts.Callbacks;

namespace TrainingService.Engine.Callbacks;

/// <summary>Stops when the watched figure has not improved for a number of epochs; never at the first one.</summary>
public sealed class EarlyStopping(Specs.EarlyStopping spec) : Callback
{
    private Monitor _monitor;
    private IReadOnlyList<torch.Tensor>? _bestWeights;

    /// <summary>Best value so far.</summary>
    public double? Best { get; private set; }

    /// <summary>Epoch of the best value, from 0.</summary>
    public int BestEpoch { get; private set; }

    /// <summary>Epochs since the last improvement.</summary>
    public int Wait { get; private set; }

    /// <summary>Epoch at which it stopped, from 0; 0 when it did not.</summary>
    public int StoppedEpoch { get; private set; }

    /// <inheritdoc />
    public override void OnTrainBegin()
    {
        _monitor = new(Monitor.DirectionOf(spec.Monitor, spec.Mode, Fit.Metrics), spec.MinDelta);
        Forget();
        (Best, BestEpoch, Wait, StoppedEpoch) = (null, 0, 0, 0);
    }

    /// <inheritdoc />
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        if (logs.Find(spec.Monitor) is not { } current || epoch < spec.StartFromEpoch)
            return;
        if (spec.RestoreBestWeights && _bestWeights is null)
            Remember(epoch);
        Wait++;
        if (_monitor.IsImprovement(current, Best))
        {
            Best = current;
            BestEpoch = epoch;
            if (spec.RestoreBestWeights)
                Remember(epoch);
            if (spec.Baseline is null || _monitor.IsImprovement(current, spec.Baseline))
                Wait = 0;
            return;
        }
        if (Wait >= spec.Patience && epoch > 0)
        {
            StoppedEpoch = epoch;
            Fit.RequestStop(StopReason.EarlyStopping);
        }
    }

    /// <inheritdoc />
    public override void OnTrainEnd(Logs logs)
    {
        if (_bestWeights is not null)
            Fit.Model.SetWeights(_bestWeights);
    }

    /// <inheritdoc />
    public override CallbackState GetState() => new(
        new() { ["best"] = CallbackState.Number(Best), ["best_epoch"] = BestEpoch, ["wait"] = Wait, ["stopped_epoch"] = StoppedEpoch },
        (_bestWeights ?? []).Select((weight, index) => (weight, Fit.Model.Weights[index].Path)).ToDictionary(pair => pair.Path, pair => pair.weight.alias().DetachFromDisposeScope()));

    /// <inheritdoc />
    public override void SetState(CallbackState state)
    {
        var values = state.Values;
        (Best, BestEpoch) = (CallbackState.Number(values["best"]), (int)values["best_epoch"]!);
        (Wait, StoppedEpoch) = ((int)values["wait"]!, (int)values["stopped_epoch"]!);
        Forget();
        if (state.Tensors.Count == 0)
            return;
        using var scope = torch.NewDisposeScope();
        _bestWeights = [.. Fit.Model.Weights.Select(weight => state.Tensors[weight.Path].to(Fit.Model.Device, copy: true).DetachFromDisposeScope())];
    }

    private void Remember(int epoch)
    {
        Forget();
        _bestWeights = Fit.Model.CopyWeights();
        BestEpoch = epoch;
    }

    private void Forget()
    {
        foreach (var weight in _bestWeights ?? [])
            weight.Dispose();
        _bestWeights = null;
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Forget();
    }
}
