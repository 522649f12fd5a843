using System.Diagnostics;
using TrainingService.Contracts.Events;
using TrainingService.Engine.Datasets;

namespace TrainingService.Engine.Training;

/// <summary>Times of one epoch, and when the next progress line is due.</summary>
internal sealed class EpochClock(Pipeline train, int epochs, int epoch)
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(250);

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly TimeSpan _waitedBefore = train.Waited;
    private TimeSpan _nextProgress = ProgressEvery, _training;
    private long _rows;

    public bool ProgressIsDue() => _watch.Elapsed >= _nextProgress;

    public ProgressEvent Progress(long step, RunningMeans means)
    {
        var seconds = _watch.Elapsed.TotalSeconds;
        _nextProgress = _watch.Elapsed + ProgressEvery;
        var left = train.BatchesPerEpoch * (epochs - epoch) - step;
        return new(epoch + 1, epochs, step, train.BatchesPerEpoch, means.Read().ToFigures(), means.Rows / seconds, seconds / step * left);
    }

    public void TrainingEnded(long rows) => (_training, _rows) = (_watch.Elapsed, rows);

    public EpochEndEvent End(Logs logs) => new(
        epoch + 1, epochs, logs.ToFigures(), logs.ToNonFinite(), _watch.Elapsed.TotalSeconds, _rows / _training.TotalSeconds,
        (train.Waited - _waitedBefore).TotalSeconds, Environment.WorkingSet, DateTimeOffset.UtcNow);
}
