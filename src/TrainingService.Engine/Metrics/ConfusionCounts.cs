using TrainingService.Engine.Losses;
using static TorchSharp.torch;

namespace TrainingService.Engine.Metrics;

/// <summary>The thresholds of a metric, and how many of them an output is above.</summary>
/// <remarks>
/// A threshold's counts are sums over the buckets above it, so that a batch costs one pass over its outputs and not one per threshold.
/// </remarks>
internal sealed class Thresholds
{
    /// <summary>Up to so many, comparing with each is faster than a search.</summary>
    private const int FewThresholds = 4;

    private readonly float[] _sorted;
    private readonly long[] _places;
    private readonly bool _even, _aroundEnds;

    /// <param name="values">In the order of the results.</param>
    /// <param name="even">Whether they lie evenly over 0 to 1; Keras then computes an output's bucket instead of comparing.</param>
    /// <param name="aroundEnds">Whether the first lies below 0 and the last above 1.</param>
    private Thresholds(IReadOnlyList<double> values, bool even, bool aroundEnds)
    {
        var order = Enumerable.Range(0, values.Count).OrderBy(place => values[place]).ToArray();
        _sorted = [.. order.Select(place => (float)values[place])];
        _places = new long[order.Length];
        for (var rank = 0; rank < order.Length; rank++)
            _places[order[rank]] = rank;
        (_even, _aroundEnds) = (even, aroundEnds);
    }

    public int Count => _sorted.Length;

    /// <summary>Given thresholds.</summary>
    public static Thresholds Of(IReadOnlyList<double> values) => new(values, IsEven(values), aroundEnds: false);

    /// <summary>So many thresholds evenly over 0 to 1; a single one is 0.5.</summary>
    public static Thresholds Evenly(int count) =>
        count == 1 ? Of([0.5]) : new([.. Enumerable.Range(0, count).Select(index => (double)index / (count - 1))], even: true, aroundEnds: false);

    /// <summary>The thresholds of a curve: the first below 0, the last above 1.</summary>
    public static Thresholds OfCurve(IReadOnlyList<double>? given, int count)
    {
        double[] inner = given is null ? [.. Enumerable.Range(1, count - 2).Select(index => (double)index / (count - 1))] : [.. given.Order()];
        return new([-Loss.Epsilon, .. inner, 1 + Loss.Epsilon], given is null || IsEven([0, .. inner, 1]), aroundEnds: true);
    }

    /// <summary>How many thresholds each output is above.</summary>
    public Tensor Above(Tensor outputs)
    {
        if (!_even && Count <= FewThresholds)
            return _sorted.Select(threshold => outputs.gt(threshold).to(int64)).Aggregate((sum, above) => sum.add_(above));
        if (!_even)
            return bucketize(outputs.contiguous(), tensor(_sorted, device: outputs.device), false, false);
        var bucket = (outputs.clamp(0, 1) * (Count - 1)).ceil();
        // An output of 0 is above the threshold below 0. What is no number falls into the first bucket.
        return (_aroundEnds ? bucket.clamp_min(1) : bucket).to(int64).clamp(0, Count);
    }

    /// <summary>Sums over the outputs above each threshold, in the order in which the thresholds were given.</summary>
    /// <param name="buckets">(thresholds + 1, …).</param>
    public Tensor SumsAbove(Tensor buckets) =>
        (buckets.sum([0], keepdim: true) - buckets.cumsum(0)).slice(0, 0, Count, 1).index_select(0, tensor(_places));

    private static bool IsEven(IReadOnlyList<double> values) =>
        values.Count >= 3 && Enumerable.Range(0, values.Count).All(index =>
        {
            var even = (double)index / (values.Count - 1);
            return Math.Abs(values[index] - even) <= 1e-7 + 1e-5 * even;
        });
}

/// <summary>How often label and output agree and differ, at each threshold (and for each label, where labels have counts of their own).</summary>
/// <param name="TruePositives">Both positive.</param>
/// <param name="FalsePositives">The output only.</param>
/// <param name="TrueNegatives">Neither.</param>
/// <param name="FalseNegatives">The label only.</param>
internal sealed record ConfusionCounts(Tensor TruePositives, Tensor FalsePositives, Tensor TrueNegatives, Tensor FalseNegatives)
{
    /// <summary><c>tp / (tp + fn)</c>.</summary>
    public Tensor Recall => LossReduction.DivideNoNan(TruePositives, TruePositives + FalseNegatives);

    /// <summary><c>tp / (tp + fp)</c>.</summary>
    public Tensor Precision => LossReduction.DivideNoNan(TruePositives, TruePositives + FalsePositives);

    /// <summary><c>tn / (tn + fp)</c>.</summary>
    public Tensor Specificity => LossReduction.DivideNoNan(TrueNegatives, TrueNegatives + FalsePositives);

    /// <summary><c>fp / (fp + tn)</c>.</summary>
    public Tensor FalsePositiveRate => LossReduction.DivideNoNan(FalsePositives, FalsePositives + TrueNegatives);
}
