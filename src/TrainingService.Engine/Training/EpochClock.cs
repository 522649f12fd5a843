using System.Diagnostics;
using System.Globalization;
using TrainingService.Contracts.Events;
using TrainingService.Engine.Datasets;

namespace TrainingService.Engine.Training;

/// <summary>Times of one epoch, those before a checkpoint included, and when the next progress line is due.</summary>
internal sealed class EpochClock(Pipeline train, int epochs, FitPosition at, RunningMeans means)
{
    private const double BoundPart = 0.2;

    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(250), LeastWait = TimeSpan.FromMilliseconds(500);

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly (TimeSpan Epoch, TimeSpan Batches) _before = at.Times;
    private readonly TimeSpan _waitedBefore = train.Waited;
    private readonly int _epoch = at.Epoch;
    private TimeSpan _nextProgress = ProgressEvery;
    private long _rows = at.Trained is null ? 0 : train.RowsPerEpoch;

    private TimeSpan Waited => train.Waited - _waitedBefore;

    /// <summary>Of the batches of this process; those before a checkpoint are not in it.</summary>
    private TimeSpan Computed => at.Times.Batches - _before.Batches - Waited is { Ticks: > 0 } computed ? computed : TimeSpan.Zero;

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
        Waited.TotalSeconds, Environment.WorkingSet, DateTimeOffset.UtcNow, Computed.TotalSeconds);

    /// <summary>What to tell people when the model has waited for data a good part of the time; otherwise null.</summary>
    public LogEvent? BoundByData() => Waited < LeastWait || Waited < BoundPart * (Waited + Computed) ? null : new LogEvent("warning", string.Create(
        CultureInfo.InvariantCulture,
        $"Epoch {_epoch + 1} is bound by data: the model waited {Waited.TotalSeconds:0.0} s for it and computed {Computed.TotalSeconds:0.0} s. {train.Advice}"));
}
