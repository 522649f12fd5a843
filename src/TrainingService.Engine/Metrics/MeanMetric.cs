using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Metrics;
using TrainingService.Engine.Losses;
using static TorchSharp.torch;

namespace TrainingService.Engine.Metrics;

/// <summary>The mean of a value per sample, weighted by the samples' weights.</summary>
/// <param name="name">Key in the logs.</param>
/// <param name="direction">Whether larger or smaller is better.</param>
public abstract class MeanMetric(string name, Direction? direction) : Metric(name, direction)
{
    /// <summary>A value per sample, or per sample and position.</summary>
    protected abstract LossValues Values(Tensor labels, Tensor outputs);

    /// <inheritdoc />
    protected override void Accumulate(Tensor labels, Tensor outputs, Tensor? sampleWeight, Tensor? mask)
    {
        var (values, valid) = Values(labels, outputs);
        AddValues(values, valid, LossReduction.Weigh(sampleWeight, mask, Reduction.Sum, float32));
    }

    /// <summary>Adds values: the mean over everything but the samples, summed over the samples.</summary>
    /// <param name="values">(batch, …).</param>
    /// <param name="valid">Which of them a weight counts for; without weights all count, as in Keras.</param>
    /// <param name="weight">Weight per sample or per value, or null.</param>
    protected void AddValues(Tensor values, Tensor? valid, Tensor? weight)
    {
        values = Loss.Floats(values);
        if (weight is null)
        {
            Add("total", values.dim() <= 1 ? values.sum() : values.sum() * ((double)values.shape[0] / Math.Max(1, values.numel())));
            Add("count", values.dim() == 0 ? 1 : values.shape[0]);
            return;
        }
        weight = LossReduction.Weigh(weight, valid, Reduction.Sum, values.dtype)!;
        (values, weight) = Ranks.Match(values, weight);
        values = MeanFrom(values, weight.dim());
        weight = weight.expand_as(values);
        Add("total", MeanFrom(values * weight, 1).sum());
        Add("count", MeanFrom(weight, 1).sum());
    }

    /// <inheritdoc />
    protected override Tensor Compute() => LossReduction.DivideNoNan(Sum("total"), Sum("count"));

    private static Tensor MeanFrom(Tensor values, long axis) =>
        values.dim() > axis ? values.flatten(axis, -1).mean([axis]) : values;
}

/// <summary>The mean of a loss's values.</summary>
/// <param name="name">Key in the logs.</param>
/// <param name="direction">Whether larger or smaller is better.</param>
/// <param name="loss">What gives the values.</param>
/// <param name="sign">-1 where the figure is the loss's negative.</param>
public sealed class LossMetric(string name, Direction? direction, Loss loss, int sign = 1) : MeanMetric(name, direction)
{
    /// <inheritdoc />
    protected override LossValues Values(Tensor labels, Tensor outputs)
    {
        var values = loss.Values(labels, outputs);
        return sign == 1 ? values : values with { PerSample = values.PerSample * sign };
    }
}

/// <summary>The mean of a stream of values.</summary>
public sealed class Mean(string name) : MeanMetric(name, null)
{
    /// <summary>Adds values.</summary>
    /// <param name="values">A number, or (batch, …).</param>
    /// <param name="sampleWeight">Weight per sample or per value; null weighs all the same.</param>
    public void Update(Tensor values, Tensor? sampleWeight = null)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        AddValues(values.detach(), null, sampleWeight?.to(float32));
    }

    /// <inheritdoc />
    protected override LossValues Values(Tensor labels, Tensor outputs) => throw new NotSupportedException($"{Name} takes values alone, not labels and outputs.");
}

/// <summary>The sum of a stream of values.</summary>
public sealed class Sum(string name) : Metric(name, null)
{
    /// <summary>Adds values.</summary>
    /// <param name="values">A number, or (batch, …).</param>
    /// <param name="sampleWeight">Weight per sample or per value; null weighs all the same.</param>
    public void Update(Tensor values, Tensor? sampleWeight = null)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        values = Loss.Floats(values.detach());
        if (sampleWeight is not null)
        {
            (values, var weight) = Ranks.Match(values, sampleWeight.to(values.dtype));
            values = (values.dim() > weight.dim() ? values.flatten(weight.dim(), -1).sum(weight.dim()) : values) * weight;
        }
        Add("total", values.sum());
    }

    /// <inheritdoc />
    protected override void Accumulate(Tensor labels, Tensor outputs, Tensor? sampleWeight, Tensor? mask) =>
        throw new NotSupportedException($"{Name} takes values alone, not labels and outputs.");

    /// <inheritdoc />
    protected override Tensor Compute() => base.Sum("total");
}
