using TrainingService.Contracts.Metrics;
using TrainingService.Engine.Losses;
using static TorchSharp.torch;

namespace TrainingService.Engine.Metrics;

/// <summary>A figure of how often label and output agree at thresholds.</summary>
public abstract class ConfusionMetric : Metric
{
    /// <summary>Stands for minus infinity, as in Keras.</summary>
    private const double Lowest = -1e10;

    private readonly Thresholds _thresholds;
    private readonly int? _topK, _classId;

    private protected ConfusionMetric(string name, Direction? direction, Thresholds thresholds, int? topK = null, int? classId = null)
        : base(name, direction) => (_thresholds, _topK, _classId) = (thresholds, topK, classId);

    /// <summary>Whether every label has counts of its own; outputs are then <c>(batch, labels)</c>.</summary>
    private protected virtual bool PerLabel => false;

    /// <summary>Number of labels before anything was added, where each has counts of its own.</summary>
    private protected virtual long Labels => 1;

    /// <summary>Weight of each entry of the last axis, or null.</summary>
    private protected virtual IReadOnlyList<double>? EntryWeights => null;

    /// <summary>0.5 where no threshold is given, and none where the k largest are positive.</summary>
    private protected static Thresholds Given(IReadOnlyList<double>? thresholds, int? topK = null) =>
        Thresholds.Of(thresholds ?? [topK is null ? 0.5 : Lowest]);

    /// <inheritdoc />
    protected override void Accumulate(Tensor labels, Tensor outputs, Tensor? sampleWeight, Tensor? mask)
    {
        (outputs, labels) = Ranks.Match(outputs.to(float32), labels.to(float32));
        var weight = Weight(sampleWeight, labels);
        if (_topK is { } k && outputs.topk(k, -1) is var (values, places))
            outputs = full_like(outputs, Lowest).scatter(-1, places, values);
        if (_classId is { } id)
            (labels, outputs) = (labels.narrow(-1, id, 1), outputs.narrow(-1, id, 1));
        var columns = PerLabel ? outputs.size(-1) : 1;
        var buckets = _thresholds.Count + 1;
        // Cells of (positive label, bucket, column); one pass adds every weight to its cell.
        var cells = _thresholds.Above(outputs) + labels.ne(0).to(int64) * buckets;
        if (PerLabel)
            cells = cells * columns + arange(columns, device: cells.device);
        var weights = weight is null ? ones_like(outputs) : weight.expand_as(outputs);
        if (EntryWeights is { } entries)
            weights = weights * tensor([.. entries], float32, outputs.device);
        var counts = zeros(2 * buckets * columns, float32, outputs.device).scatter_add_(0, cells.flatten(), weights.flatten());
        Add("counts", counts.reshape(2, buckets, columns));
    }

    /// <summary>The counts so far: (thresholds,), or (thresholds, labels) where every label has its own.</summary>
    private protected ConfusionCounts Counts()
    {
        var counts = Sum("counts", 2, _thresholds.Count + 1, Labels);
        if (!PerLabel)
            counts = counts.squeeze(-1);
        var (negative, positive) = (counts.select(0, 0), counts.select(0, 1));
        var (falsePositives, truePositives) = (_thresholds.SumsAbove(negative), _thresholds.SumsAbove(positive));
        return new ConfusionCounts(
            truePositives, falsePositives, negative.sum([0], keepdim: true) - falsePositives, positive.sum([0], keepdim: true) - truePositives);
    }

    /// <summary>A weight per sample counts for the whole row, one per value for the value.</summary>
    private static Tensor? Weight(Tensor? sampleWeight, Tensor labels)
    {
        if (sampleWeight is null)
            return null;
        var weight = sampleWeight.to(float32);
        return weight.dim() == labels.dim() ? weight : weight.unsqueeze(-1);
    }
}

/// <summary>One of the four counts at each threshold.</summary>
internal sealed class ConfusionCount(string name, IReadOnlyList<double>? thresholds, Func<ConfusionCounts, Tensor> count)
    : ConfusionMetric(name, null, Given(thresholds))
{
    protected override Tensor Compute() => count(Counts());
}

/// <summary>Precision or recall at each threshold.</summary>
internal sealed class ConfusionRate(
    string name, IReadOnlyList<double>? thresholds, int? topK, int? classId, Func<ConfusionCounts, Tensor> rate)
    : ConfusionMetric(name, Contracts.Metrics.Direction.Up, Given(thresholds, topK), topK, classId)
{
    protected override Tensor Compute() => rate(Counts());
}

/// <summary>The best of one rate among the thresholds where another is at least a given value; 0 when there is none.</summary>
internal sealed class ConstrainedRate(
    string name, double value, int thresholds, int? classId, Func<ConfusionCounts, Tensor> constrained, Func<ConfusionCounts, Tensor> best)
    : ConfusionMetric(name, Contracts.Metrics.Direction.Up, Thresholds.Evenly(thresholds), classId: classId)
{
    protected override Tensor Compute()
    {
        var counts = Counts();
        // Keras compares in float32, where two thirds from counts is two thirds from a config.
        var feasible = constrained(counts).to(float32).ge((float)value);
        var rates = best(counts);
        return where(feasible, rates, zeros_like(rates)).max();
    }
}
