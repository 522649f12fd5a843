using TrainingService.Contracts.Jobs;
using TrainingService.Engine.Training;
using Specs = TrainingService.Contracts.Callbacks;

namespace TrainingService.Engine.Callbacks;

/// <summary>Stops at the first batch whose loss is NaN or infinite.</summary>
public sealed class TerminateOnNaN(Specs.TerminateOnNaN spec) : Callback
{
    /// <inheritdoc />
    public override void OnTrainBatchEnd(long batch, RunningMeans means)
    {
        var loss = means.Loss();
        if (double.IsFinite(loss))
            return;
        if (spec.RaiseError)
            throw new NonFiniteLossException($"The loss of batch {batch + 1} is {PythonFormat.Repr(loss)}.");
        Fit.RequestStop(StopReason.NanLoss);
    }
}

/// <summary>The loss is NaN or infinite, and the job wants to fail for it.</summary>
public sealed class NonFiniteLossException(string message) : Exception(message);
