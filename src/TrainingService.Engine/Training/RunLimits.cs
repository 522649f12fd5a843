using TrainingService.Contracts.Jobs;
using TrainingService.Engine.Callbacks;

namespace TrainingService.Engine.Training;

/// <summary>What ends a run from outside, looked at between batches. Time counts by a clock that nobody sets.</summary>
public sealed class RunLimits
{
    private readonly TimeSpan? _left;
    private readonly CancellationToken _cancelled;
    private readonly long _began;

    /// <summary>Limits of a run that begins now.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="left">Time that the run may take, its end included; null has no limit.</param>
    /// <param name="cancelled">Set when somebody cancels.</param>
    public RunLimits(TimeProvider time, TimeSpan? left, CancellationToken cancelled)
    {
        (Time, _left, _cancelled) = (time, left, cancelled);
        _began = time.GetTimestamp();
    }

    /// <summary>No limits.</summary>
    public static RunLimits None { get; } = new(TimeProvider.System, null, CancellationToken.None);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Whether there is a limit in time.</summary>
    public bool HasDeadline => _left is not null;

    /// <summary>Whether somebody cancels.</summary>
    public bool IsCancelled => _cancelled.IsCancellationRequested;

    /// <summary>Asks the loop to stop when a limit is reached.</summary>
    /// <param name="fit">The loop.</param>
    /// <param name="needed">Time that is needed for what comes next and after the last batch.</param>
    public void Check(FitContext fit, TimeSpan needed = default)
    {
        if (IsCancelled)
            fit.RequestStop(StopReason.UserRequest);
        else if (_left is { } left && Time.GetElapsedTime(_began) + needed >= left)
            fit.RequestStop(StopReason.MaxRuntime);
    }

    /// <summary>Leaves an evaluation when somebody cancels.</summary>
    /// <exception cref="OperationCanceledException">Somebody did.</exception>
    public void ThrowIfCancelled() => _cancelled.ThrowIfCancellationRequested();
}
