using System.Diagnostics;
using TrainingService.Contracts.Events;
using TrainingService.Engine.Datasets;

namespace TrainingService.Engine.Training;

/// <summary>Times of one epoch, those before a checkpoint included, and when the next progress line is due.</summary>
internal sealed class EpochClock(Pipeline train, int epochs, FitPosition at, RunningMeans means)
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(250);

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly (TimeSpan Epoch, TimeSpan Batches) _before = at.Times;
    private readonly TimeSpan _waitedBefore = train.Waited;
    private readonly int _epoch = at.Epoch;
    private TimeSpan _nextProgress = ProgressEvery;
    private long _rows = at.Trained is null ? 0 : train.RowsPerEpoch;

    private TimeSpan Elapsed => _before.Epoch + _watch.Elapsed;

    public bool ProgressIsDue() => _watch.Elapsed >= _nextProgress;

    public ProgressEvent Progress(long step)
    {
        var seconds = Elapsed.TotalSeconds;
        _nextProgress = _watch.Elapsed + ProgressEvery;
        var left = train.BatchesPerEpoch * (epochs - _epoch) - step;
        return new(_epoch + 1, epochs, step, train.BatchesPerEpoch, means.Read().ToFigures(), means.Rows / seconds, seconds / step * left);
    }

    /// <summary>A batch is done: a checkpoint knows the times so far.</summary>
    public void Note() => at.Times = (Elapsed, Elapsed);

    public void TrainingEnded()
    {
        Note();
        _rows = means.Rows;
    }

    public EpochEndEvent End(Logs logs) => new(
        _epoch + 1, epochs, logs.ToFigures(), logs.ToNonFinite(), Elapsed.TotalSeconds, _rows / at.Times.Batches.TotalSeconds,
        (train.Waited - _waitedBefore).TotalSeconds, Environment.WorkingSet, DateTimeOffset.UtcNow);
}
