using TrainingService.Contracts.Metrics;
using TrainingService.Engine.Losses;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Metrics;

namespace TrainingService.Engine.Metrics;

/// <summary>Square root of the mean of <c>(y_true - y_pred)²</c>.</summary>
public sealed class RootMeanSquaredError(string name) : MeanMetric(name, Specs.Direction.Down)
{
    /// <inheritdoc />
    protected override void Accumulate(Tensor labels, Tensor outputs, Tensor? sampleWeight, Tensor? mask) =>
        AddValues(Values(labels, outputs).PerSample, null, sampleWeight?.to(float32)); // Keras looks at no mask here

    /// <inheritdoc />
    protected override LossValues Values(Tensor labels, Tensor outputs)
    {
        outputs = Loss.Floats(outputs);
        (labels, outputs) = Ranks.Match(labels.to(outputs.dtype), outputs);
        return (outputs - labels).square();
    }

    /// <inheritdoc />
    protected override Tensor Compute() => base.Compute().sqrt();
}

/// <summary>Correlation of label and output along an axis, meaned over the rest.</summary>
public abstract class Correlation(string name) : MeanMetric(name, Specs.Direction.Up)
{
    /// <inheritdoc />
    protected override LossValues Values(Tensor labels, Tensor outputs)
    {
        outputs = Loss.Floats(outputs);
        (labels, outputs) = Ranks.Match(labels.to(outputs.dtype), outputs);
        return Along(labels, outputs);
    }

    /// <summary>The correlation, without the axis.</summary>
    protected abstract Tensor Along(Tensor labels, Tensor outputs);

    /// <summary>The population's variance.</summary>
    private protected static Tensor Variance(Tensor deviations, int axis) => deviations.square().mean([axis], keepdim: true);
}

/// <summary>Pearson's correlation.</summary>
public sealed class PearsonCorrelation(string name, int axis) : Correlation(name)
{
    /// <inheritdoc />
    protected override Tensor Along(Tensor labels, Tensor outputs) => (Standard(labels) * Standard(outputs)).mean([axis]);

    private Tensor Standard(Tensor values)
    {
        var deviations = values - values.mean([axis], keepdim: true);
        return deviations / Variance(deviations - deviations.mean([axis], keepdim: true), axis).sqrt();
    }
}

/// <summary>Concordance correlation: correlation that also minds scale and place.</summary>
public sealed class ConcordanceCorrelation(string name, int axis) : Correlation(name)
{
    /// <inheritdoc />
    protected override Tensor Along(Tensor labels, Tensor outputs)
    {
        var (labelMean, outputMean) = (labels.mean([axis], keepdim: true), outputs.mean([axis], keepdim: true));
        // Keras takes the labels' distance from the outputs' mean; the sum over the axis is the same covariance.
        var covariance = (labels - outputMean) * (outputs - outputMean);
        var norm = Variance(labels - labelMean, axis) + Variance(outputs - outputMean, axis) + (labelMean - outputMean).square();
        return (2 * covariance / (norm + Loss.Epsilon)).mean([axis]);
    }
}

/// <summary>Coefficient of determination; labels and outputs are <c>(batch, outputs)</c>.</summary>
public sealed class R2Score(string name, Specs.R2Score spec) : Metric(name, Specs.Direction.Up)
{
    /// <inheritdoc />
    protected override void Accumulate(Tensor labels, Tensor outputs, Tensor? sampleWeight, Tensor? mask)
    {
        outputs = outputs.to(float32);
        (labels, outputs) = Ranks.Match(labels.to(float32), outputs);
        if (sampleWeight is null)
        {
            Add("num_samples", labels.shape[0]);
            Add("count", ones(labels.shape[1], device: labels.device) * labels.shape[0]);
            AddSums(labels, labels, outputs, (labels - outputs).square());
            return;
        }
        var weight = sampleWeight.to(float32);
        weight = (weight.dim() == 1 ? weight.unsqueeze(1) : weight).expand_as(labels);
        Add("num_samples", weight.ne(0).any(-1).sum());
        Add("count", weight.sum([0]));
        AddSums(labels, labels * weight, outputs, (labels - outputs).square() * weight);
    }

    private void AddSums(Tensor labels, Tensor weighted, Tensor outputs, Tensor squares)
    {
        Add("sum", weighted.sum([0]));
        Add("squared_sum", (labels * weighted).sum([0]));
        Add("residual", squares.sum([0]));
    }

    /// <inheritdoc />
    protected override Tensor Compute()
    {
        var sum = Sum("sum", 1);
        var total = Sum("squared_sum", 1) - sum * (sum / Sum("count", 1));
        var scores = 1 - Sum("residual", 1) / total;
        scores = scores.masked_fill(scores.isinf(), 0);
        var score = spec.ClassAggregation switch
        {
            ClassAggregation.UniformAverage => scores.mean(),
            ClassAggregation.VarianceWeightedAverage => (total * scores).sum() / total.sum(),
            _ => scores,
        };
        var samples = Sum("num_samples").item<double>();
        // With as many variables as samples the adjusted score means nothing, and Keras gives the plain one.
        return spec.NumRegressors == 0 || spec.NumRegressors >= samples - 1
            ? score
            : 1 - (1 - score) * (samples - 1) / (samples - spec.NumRegressors - 1);
    }
}
