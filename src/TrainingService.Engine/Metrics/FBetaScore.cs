using TrainingService.Contracts.Metrics;
using TrainingService.Engine.Losses;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Metrics;

namespace TrainingService.Engine.Metrics;

/// <summary>Mean of precision and recall in which recall counts beta times as much; with beta 1 the F1 score.</summary>
public sealed class FBetaScore(string name, FScoreAverage? average, double beta, double? threshold) : Metric(name, Specs.Direction.Up)
{
    /// <summary>An output nearer to 0 is not positive, even when it is the largest.</summary>
    private const double Nothing = 1e-9;

    /// <inheritdoc />
    protected override void Accumulate(Tensor labels, Tensor outputs, Tensor? sampleWeight, Tensor? mask)
    {
        labels = labels.to(float32);
        outputs = outputs.to(float32);
        var positive = (threshold is { } limit ? outputs.gt(limit) : outputs.ge(outputs.amax([-1], keepdim: true)).logical_and(outputs.abs().gt(Nothing))).to(float32);
        var weight = sampleWeight?.to(float32);
        while (weight is not null && weight.dim() < labels.dim())
            weight = weight.unsqueeze(-1);
        Add("true_positives", Count(positive * labels, weight));
        Add("false_positives", Count(positive * (1 - labels), weight));
        Add("false_negatives", Count((1 - positive) * labels, weight));
        Add("intermediate_weights", Count(labels, weight));
    }

    private Tensor Count(Tensor values, Tensor? weight)
    {
        values = weight is null ? values : values * weight;
        return average == FScoreAverage.Micro ? values.sum() : values.sum([0]); // (classes,)
    }

    /// <inheritdoc />
    protected override Tensor Compute()
    {
        long[] shape = average == FScoreAverage.Micro ? [] : [1];
        var both = Sum("true_positives", shape);
        var precision = both / (both + Sum("false_positives", shape) + Loss.Epsilon);
        var recall = both / (both + Sum("false_negatives", shape) + Loss.Epsilon);
        var square = beta * beta;
        var score = precision * recall / (square * precision + recall + Loss.Epsilon) * (1 + square);
        if (average != FScoreAverage.Weighted)
            return average is null ? score : score.mean();
        var weights = Sum("intermediate_weights", shape);
        return (score * (weights / (weights.sum() + Loss.Epsilon))).sum();
    }
}
