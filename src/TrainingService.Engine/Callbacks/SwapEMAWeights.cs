using TrainingService.Engine.Training;
using Specs = TrainingService.Contracts.Callbacks;

namespace TrainingService.Engine.Callbacks;

/// <summary>Puts the optimizer's averages into the model while it is evaluated, and with swap_on_epoch from the end of an epoch to the next.</summary>
public sealed class SwapEMAWeights(Specs.SwapEMAWeights spec) : Callback
{
    private bool _averagesInModel;

    /// <inheritdoc />
    public override void OnEpochBegin(int epoch)
    {
        if (spec.SwapOnEpoch)
            HoldAverages(false);
    }

    /// <inheritdoc />
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        if (!spec.SwapOnEpoch || _averagesInModel)
            return;
        HoldAverages(true);
        // When training ends the averages replace the weights; here they must not bring back what was just swapped out.
        if (epoch == Fit.Epochs - 1)
            Fit.Optimizer.AdoptWeightsAsAverage();
    }

    /// <inheritdoc />
    public override void OnTestBegin() => HoldAverages(true);

    /// <inheritdoc />
    public override void OnTestEnd(Logs logs) => HoldAverages(false);

    /// <inheritdoc />
    public override void OnPredictBegin() => HoldAverages(true);

    /// <inheritdoc />
    public override void OnPredictEnd() => HoldAverages(false);

    private void HoldAverages(bool wanted)
    {
        if (wanted == _averagesInModel)
            return;
        Fit.Optimizer.SwapAverage();
        _averagesInModel = wanted;
    }

    /// <inheritdoc />
    public override CallbackState GetState() => new(new() { ["averages_in_model"] = _averagesInModel });

    /// <inheritdoc />
    public override void SetState(CallbackState state) => _averagesInModel = (bool)state.Values["averages_in_model"]!;
}
