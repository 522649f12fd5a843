using TrainingService.Engine.Checkpoints;
using TrainingService.Engine.Metrics;
using static TorchSharp.torch;

namespace TrainingService.Engine.Training;

/// <summary>The loss and the metrics since an epoch (or an evaluation) began. The sums stay on the device until somebody reads them.</summary>
/// <param name="outputs">In the model's order; whoever made their metrics leaves them to this one.</param>
public sealed class RunningMeans(IReadOnlyList<TrainedOutput> outputs) : IStateful, IDisposable
{
    /// <summary>Sums of the losses times the rows: the whole one, then each output's own where there are several.</summary>
    private Tensor? _losses;

    private readonly string[] _ownLosses = outputs.Count(output => output.Loss is not null) > 1
        ? [.. outputs.Where(output => output.Loss is not null).Select(output => $"{output.Name}_loss")] : [];

    /// <summary>Every metric, those that look at the rows' weights last, as Keras logs them.</summary>
    private readonly Metric[] _metrics = [.. outputs.SelectMany(output => output.Metrics), .. outputs.SelectMany(output => output.WeightedMetrics)];

    /// <summary>Rows added since the last reset.</summary>
    public long Rows { get; private set; }

    /// <summary>Names of the figures: <c>loss</c>, each output's own loss where there are several, then the metrics.</summary>
    public IReadOnlyList<string> Names => ["loss", .. _ownLosses, .. _metrics.SelectMany(metric => metric.LogNames)];

    /// <summary>Metrics' names in the logs, and which way each gets better.</summary>
    public IReadOnlyDictionary<string, Contracts.Metrics.Direction?> Directions => _metrics
        .SelectMany(metric => metric.LogNames, (metric, name) => KeyValuePair.Create(name, metric.Direction))
        .Concat(_ownLosses.Select(name => KeyValuePair.Create(name, (Contracts.Metrics.Direction?)Contracts.Metrics.Direction.Down))).ToDictionary();

    /// <summary>Begins anew.</summary>
    public void Reset()
    {
        _losses?.Dispose();
        (_losses, Rows) = (null, 0);
        foreach (var metric in _metrics)
            metric.Reset();
    }

    /// <summary>Adds the losses of a batch; they count by its rows, because the last batch is short.</summary>
    /// <param name="rows">Rows of the batch.</param>
    /// <param name="total">What was made small.</param>
    /// <param name="own">Each output's own loss, without its weight, in the outputs' order; looked at only where there are several.</param>
    public void AddLoss(long rows, Tensor total, IReadOnlyList<Tensor> own)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var losses = _ownLosses.Length == 0 ? total.detach() : stack([total.detach(), .. own.Select(loss => loss.detach())]);
        if (_losses is null)
            _losses = (losses.to(float64) * rows).DetachFromDisposeScope();
        else
            OnDeviceOf(losses).add_(losses, rows);
        Rows += rows;
    }

    /// <summary>The sums, which a checkpoint gives back on the CPU.</summary>
    private Tensor OnDeviceOf(Tensor losses)
    {
        if (_losses!.device_type == losses.device_type && _losses.device_index == losses.device_index)
            return _losses;
        using var read = _losses;
        return _losses = read.to(losses.device).DetachFromDisposeScope();
    }

    /// <summary>The mean loss so far; waits for the device.</summary>
    public double Loss() => Losses()[0];

    /// <summary>All figures so far, as float32 like Keras's; waits for the device.</summary>
    public Logs Read()
    {
        var losses = Losses();
        var logs = new Logs { ["loss"] = (float)losses[0] };
        for (var i = 0; i < _ownLosses.Length; i++)
            logs[_ownLosses[i]] = (float)losses[i + 1];
        foreach (var (name, result) in _metrics.SelectMany(metric => metric.LogNames.Zip(metric.Results())))
            logs[name] = (float)result;
        return logs;
    }

    private double[] Losses()
    {
        if (_losses is null)
            return new double[1 + _ownLosses.Length];
        using var scope = NewDisposeScope();
        return [.. (_losses / Rows).cpu().reshape(-1).data<double>()];
    }

    /// <inheritdoc />
    public void WriteState(StateWriter state)
    {
        state.AddValue("rows", Rows);
        if (_losses is not null)
            state.Add("losses", _losses);
        for (var i = 0; i < _metrics.Length; i++)
            state.Add($"{i}", _metrics[i]);
    }

    /// <inheritdoc />
    public void ReadState(StateReader state)
    {
        Reset();
        Rows = state.Value<long>("rows");
        _losses = state.Find("losses")?.clone().DetachFromDisposeScope();
        for (var i = 0; i < _metrics.Length; i++)
            state.Read($"{i}", _metrics[i]);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _losses?.Dispose();
        foreach (var metric in _metrics)
            metric.Dispose();
    }
}
