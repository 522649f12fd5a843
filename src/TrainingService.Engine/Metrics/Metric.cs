using TorchSharp;
using TrainingService.Contracts.Metrics;
using TrainingService.Engine.Losses;
using static TorchSharp.torch;

namespace TrainingService.Engine.Metrics;

/// <summary>A figure that is the mean of a value per sample. Its sums stay on the device until somebody reads them.</summary>
/// <param name="name">Key in the logs.</param>
/// <param name="direction">Whether larger or smaller is better.</param>
public abstract class Metric(string name, Direction direction) : IDisposable
{
    private Tensor? _total, _weight;
    private double _samples;

    /// <summary>Key in the logs: <c>accuracy</c>.</summary>
    public string Name { get; } = name;

    /// <summary>Whether larger or smaller is better.</summary>
    public Direction Direction { get; } = direction;

    /// <summary>Adds a batch.</summary>
    /// <param name="labels">What is right.</param>
    /// <param name="outputs">What the model says; no gradient is kept.</param>
    /// <param name="sampleWeight">Weight per sample or per value; null weighs all the same.</param>
    public void Update(Tensor labels, Tensor outputs, Tensor? sampleWeight = null)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var values = Values(labels, outputs.detach()).to(float32);
        if (sampleWeight is null)
        {
            // The mean over everything but the samples, summed over the samples.
            _samples += values.dim() == 0 ? 1 : values.shape[0];
            Add(ref _total, values.dim() <= 1 ? values.sum() : values.sum() * ((double)values.shape[0] / values.numel()));
            return;
        }
        var (weighted, weight) = Ranks.Match(values, sampleWeight.to(float32));
        weighted = MeanFrom(weighted, weight.dim());
        weight = weight * ones_like(weighted);
        weighted = weighted * weight;
        Add(ref _total, MeanFrom(weighted, 1).sum());
        Add(ref _weight, MeanFrom(weight, 1).sum());
    }

    /// <summary>The mean since the last reset; waits for the device.</summary>
    public double Result()
    {
        if (_total is null)
            return 0;
        var count = _samples + (_weight?.item<double>() ?? 0);
        return count == 0 ? 0 : _total.item<double>() / count;
    }

    /// <summary>Begins anew.</summary>
    public void Reset()
    {
        _total?.Dispose();
        _weight?.Dispose();
        (_total, _weight, _samples) = (null, null, 0);
    }

    /// <summary>A value per sample, or per sample and position.</summary>
    protected abstract Tensor Values(Tensor labels, Tensor outputs);

    private static Tensor MeanFrom(Tensor values, long axis) =>
        values.dim() > axis ? values.flatten(axis, -1).mean([axis]) : values;

    private static void Add(ref Tensor? sum, Tensor value)
    {
        // float64: a sum over many batches must not lose the small ones.
        if (sum is null)
            sum = value.to(float64, copy: true).DetachFromDisposeScope();
        else
            sum.add_(value);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the sums.</summary>
    protected virtual void Dispose(bool disposing) => Reset();
}
