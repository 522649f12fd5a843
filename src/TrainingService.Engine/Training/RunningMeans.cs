using TrainingService.Engine.Metrics;
using static TorchSharp.torch;

namespace TrainingService.Engine.Training;

/// <summary>The loss and the metrics since an epoch (or an evaluation) began. The sums stay on the device until somebody reads them.</summary>
/// <param name="metrics">In the order of <c>compile</c>.</param>
public sealed class RunningMeans(IReadOnlyList<Metric> metrics) : IDisposable
{
    private Tensor? _loss;

    /// <summary>Rows added since the last reset.</summary>
    public long Rows { get; private set; }

    /// <summary>Names of the figures: <c>loss</c>, then the metrics.</summary>
    public IReadOnlyList<string> Names { get; } = ["loss", .. metrics.SelectMany(metric => metric.LogNames)];

    /// <summary>Begins anew.</summary>
    public void Reset()
    {
        _loss?.Dispose();
        (_loss, Rows) = (null, 0);
        foreach (var metric in metrics)
            metric.Reset();
    }

    /// <summary>Adds a batch; the loss counts by its rows, because the last batch is short.</summary>
    public void Add(Tensor loss, Tensor labels, Tensor outputs)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var rows = labels.shape[0];
        if (_loss is null)
            _loss = (loss.detach().to(float64) * rows).DetachFromDisposeScope();
        else
            _loss.add_(loss.detach(), rows);
        Rows += rows;
        foreach (var metric in metrics)
            metric.Update(labels, outputs);
    }

    /// <summary>The mean loss so far; waits for the device.</summary>
    public double Loss() => _loss is null ? 0 : _loss.item<double>() / Rows;

    /// <summary>All figures so far, as float32 like Keras's; waits for the device.</summary>
    public Logs Read()
    {
        var logs = new Logs { ["loss"] = (float)Loss() };
        foreach (var (name, result) in metrics.SelectMany(metric => metric.LogNames.Zip(metric.Results())))
            logs[name] = (float)result;
        return logs;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _loss?.Dispose();
        foreach (var metric in metrics)
            metric.Dispose();
    }
}
