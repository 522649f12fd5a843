namespace TrainingService.Engine.Training;

/// <summary>
/// How long the end of a run takes, so that training stops early enough before its limit: the last batch, the final evaluation, the checkpoint
/// and the model's files. Measured while the run goes on; before the first validation, rows are taken to cost as much as in training.
/// </summary>
/// <param name="finalRows">Rows of the final evaluation.</param>
internal sealed class FinishTime(long finalRows)
{
    private const int BatchesBeforeGuess = 4; // the first ones take longer than all others
    private const double Margin = 1.25, BytesPerSecond = 100e6;
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(0.25);

    private double? _secondsPerEvaluatedRow;
    private double _secondsPerTrainedRow = double.MaxValue, _longestOfLast;
    private TimeSpan _saving;
    private int _batches;

    /// <summary>From the end of a batch to the end of the run.</summary>
    public TimeSpan End => TimeSpan.FromSeconds(_longestOfLast) + Evaluation(finalRows) + 2 * _saving + Least;

    /// <summary>An evaluation.</summary>
    public TimeSpan Evaluation(long rows) =>
        TimeSpan.FromSeconds(Margin * rows * (_secondsPerEvaluatedRow ?? (_batches < BatchesBeforeGuess ? 0 : _secondsPerTrainedRow)));

    /// <summary>A batch was learned from.</summary>
    public void Learned(long rows, TimeSpan took)
    {
        _batches++;
        _secondsPerTrainedRow = Math.Min(_secondsPerTrainedRow, took.TotalSeconds / rows);
        _longestOfLast = _batches < BatchesBeforeGuess ? took.TotalSeconds : Math.Max(took.TotalSeconds, 0.9 * _longestOfLast);
    }

    /// <summary>Rows were evaluated.</summary>
    public void Evaluated(long rows, TimeSpan took) => _secondsPerEvaluatedRow = took.TotalSeconds / Math.Max(1, rows);

    /// <summary>So many bytes will be written; how fast is not known.</summary>
    public void WillSave(long bytes) => _saving = TimeSpan.FromSeconds(bytes / BytesPerSecond);

    /// <summary>A checkpoint was written.</summary>
    public void Saved(TimeSpan took)
    {
        if (took > _saving)
            _saving = took;
    }
}
