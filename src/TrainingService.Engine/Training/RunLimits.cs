using TrainingService.Contracts.Jobs;
using TrainingService.Engine.Callbacks;

namespace TrainingService.Engine.Training;

/// <summary>What ends a run from outside, looked at between batches.</summary>
/// <param name="time">The clock.</param>
/// <param name="deadline">When training ends at the latest; null for never.</param>
/// <param name="cancelled">Set when somebody cancels.</param>
public sealed class RunLimits(TimeProvider time, DateTimeOffset? deadline, CancellationToken cancelled)
{
    /// <summary>No limits.</summary>
    public static RunLimits None { get; } = new(TimeProvider.System, null, CancellationToken.None);

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>Asks the loop to stop when a limit is reached.</summary>
    public void Check(FitContext fit)
    {
        if (cancelled.IsCancellationRequested)
            fit.RequestStop(StopReason.UserRequest);
        else if (deadline is { } end && time.GetUtcNow() >= end)
            fit.RequestStop(StopReason.MaxRuntime);
    }

    /// <summary>Leaves an evaluation when somebody cancels.</summary>
    /// <exception cref="OperationCanceledException">Somebody did.</exception>
    public void ThrowIfCancelled() => cancelled.ThrowIfCancellationRequested();
}
