using TrainingService.Contracts.Metrics;
using TrainingService.Engine.Losses;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Metrics;

namespace TrainingService.Engine.Metrics;

/// <summary>Area under a curve of yes-or-no decisions at many thresholds.</summary>
public sealed class AUC(string name, Specs.AUC spec) : ConfusionMetric(name, Specs.Direction.Up, Thresholds.OfCurve(spec.Thresholds, spec.NumThresholds))
{
    private protected override bool PerLabel => spec.MultiLabel;

    private protected override long Labels => spec.NumLabels ?? spec.LabelWeights?.Count ?? 1;

    private protected override IReadOnlyList<double>? EntryWeights => spec.MultiLabel ? null : spec.LabelWeights;

    /// <inheritdoc />
    protected override void Accumulate(Tensor labels, Tensor outputs, Tensor? sampleWeight, Tensor? mask) =>
        base.Accumulate(labels, spec.FromLogits ? Loss.Floats(outputs).sigmoid() : outputs, sampleWeight, mask);

    /// <inheritdoc />
    protected override Tensor Compute()
    {
        var counts = Counts();
        var areas = (spec.Curve, spec.SummationMethod) is (AUCCurve.Pr, AUCSummationMethod.Interpolation) ? Interpolated(counts) : Riemann(counts);
        var area = areas.sum([0]); // (), or (labels,)
        if (!spec.MultiLabel)
            return area;
        if (spec.LabelWeights is null)
            return area.mean();
        var weights = tensor([.. spec.LabelWeights], float64);
        return LossReduction.DivideNoNan((area * weights).sum(), weights.sum());
    }

    private Tensor Riemann(ConfusionCounts counts)
    {
        var (x, y) = spec.Curve switch
        {
            AUCCurve.Roc => (counts.FalsePositiveRate, counts.Recall),
            AUCCurve.Pr => (counts.Recall, counts.Precision),
            _ => Gains(counts),
        };
        var heights = spec.SummationMethod switch
        {
            AUCSummationMethod.Interpolation => (Left(y) + Right(y)) / 2,
            AUCSummationMethod.Minoring => minimum(Left(y), Right(y)),
            _ => maximum(Left(y), Right(y)),
        };
        return (Left(x) - Right(x)) * heights;
    }

    private static (Tensor RecallGain, Tensor PrecisionGain) Gains(ConfusionCounts counts)
    {
        var scale = LossReduction.DivideNoNan(counts.TruePositives + counts.FalseNegatives, counts.TrueNegatives + counts.FalsePositives);
        var none = counts.TruePositives.eq(0);
        var recall = (1 - scale * LossReduction.DivideNoNan(counts.FalseNegatives, counts.TruePositives)).masked_fill(none, 0).clamp_min(0);
        var precision = (1 - scale * LossReduction.DivideNoNan(counts.FalsePositives, counts.TruePositives)).masked_fill(none, 1);
        return (recall, precision);
    }

    /// <summary>Precision between two points is that of the counts between them: Davis and Goadrich, The Relationship Between PR and ROC Curves (2006).</summary>
    private static Tensor Interpolated(ConfusionCounts counts)
    {
        var positives = counts.TruePositives + counts.FalsePositives;
        var change = Left(counts.TruePositives) - Right(counts.TruePositives);
        var slope = LossReduction.DivideNoNan(change, (Left(positives) - Right(positives)).clamp_min(0));
        var intercept = Right(counts.TruePositives) - slope * Right(positives);
        var both = Left(positives).gt(0).logical_and(Right(positives).gt(0));
        var ratio = LossReduction.DivideNoNan(Left(positives), Right(positives).clamp_min(0)).masked_fill(both.logical_not(), 1);
        return LossReduction.DivideNoNan(slope * (change + intercept * ratio.log()), (Right(counts.TruePositives) + Right(counts.FalseNegatives)).clamp_min(0));
    }

    private static Tensor Left(Tensor points) => points.slice(0, 0, points.shape[0] - 1, 1);

    private static Tensor Right(Tensor points) => points.slice(0, 1, points.shape[0], 1);
}
