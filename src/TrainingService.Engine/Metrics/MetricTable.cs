using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Losses;
using Specs = TrainingService.Contracts.Metrics;

namespace TrainingService.Engine.Metrics;

/// <summary>Every metric: the record that describes it and the class that computes it.</summary>
public static class MetricTable
{
    private static readonly Dictionary<Type, Func<MetricSpec, string, Metric>> Table = new()
    {
        [typeof(Specs.AccuracyByShape)] = (_, name) => new AccuracyByShape(name),
        [typeof(Specs.Accuracy)] = (_, name) => new Accuracy(name),
        [typeof(Specs.BinaryAccuracy)] = (spec, name) => new BinaryAccuracy(name, ((Specs.BinaryAccuracy)spec).Threshold),
        [typeof(Specs.CategoricalAccuracy)] = (_, name) => new CategoricalAccuracy(name),
        [typeof(Specs.SparseCategoricalAccuracy)] = (_, name) => new SparseCategoricalAccuracy(name),
        [typeof(Specs.TopKCategoricalAccuracy)] = (spec, name) => new TopKCategoricalAccuracy(name, ((Specs.TopKCategoricalAccuracy)spec).K, oneHot: true),
        [typeof(Specs.SparseTopKCategoricalAccuracy)] = (spec, name) => SparseTopK((Specs.SparseTopKCategoricalAccuracy)spec, name),
        [typeof(Specs.CrossentropyMetricByShape)] = OfLoss,
        [typeof(Specs.BinaryCrossentropyMetric)] = OfLoss,
        [typeof(Specs.CategoricalCrossentropyMetric)] = OfLoss,
        [typeof(Specs.SparseCategoricalCrossentropyMetric)] = OfLoss,
        [typeof(Specs.KLDivergenceMetric)] = OfLoss,
        [typeof(Specs.PoissonMetric)] = OfLoss,
        [typeof(Specs.MeanSquaredErrorMetric)] = OfLoss,
        [typeof(Specs.RootMeanSquaredError)] = (_, name) => new RootMeanSquaredError(name),
        [typeof(Specs.MeanAbsoluteErrorMetric)] = OfLoss,
        [typeof(Specs.MeanAbsolutePercentageErrorMetric)] = OfLoss,
        [typeof(Specs.MeanSquaredLogarithmicErrorMetric)] = OfLoss,
        [typeof(Specs.LogCoshError)] = OfLoss,
        [typeof(Specs.CosineSimilarityMetric)] = OfLoss,
        [typeof(Specs.R2Score)] = (spec, name) => new R2Score(name, (Specs.R2Score)spec),
        [typeof(Specs.PearsonCorrelation)] = (spec, name) => new PearsonCorrelation(name, ((Specs.PearsonCorrelation)spec).Axis),
        [typeof(Specs.ConcordanceCorrelation)] = (spec, name) => new ConcordanceCorrelation(name, ((Specs.ConcordanceCorrelation)spec).Axis),
        [typeof(Specs.HingeMetric)] = OfLoss,
        [typeof(Specs.SquaredHingeMetric)] = OfLoss,
        [typeof(Specs.CategoricalHingeMetric)] = OfLoss,
        [typeof(Specs.TruePositives)] = (spec, name) => new ConfusionCount(name, ((Specs.TruePositives)spec).Thresholds, counts => counts.TruePositives),
        [typeof(Specs.TrueNegatives)] = (spec, name) => new ConfusionCount(name, ((Specs.TrueNegatives)spec).Thresholds, counts => counts.TrueNegatives),
        [typeof(Specs.FalsePositives)] = (spec, name) => new ConfusionCount(name, ((Specs.FalsePositives)spec).Thresholds, counts => counts.FalsePositives),
        [typeof(Specs.FalseNegatives)] = (spec, name) => new ConfusionCount(name, ((Specs.FalseNegatives)spec).Thresholds, counts => counts.FalseNegatives),
        [typeof(Specs.Precision)] = (spec, name) => Rate((Specs.Precision)spec, name),
        [typeof(Specs.Recall)] = (spec, name) => Rate((Specs.Recall)spec, name),
        [typeof(Specs.SensitivityAtSpecificity)] = (spec, name) => Constrained((Specs.SensitivityAtSpecificity)spec, name),
        [typeof(Specs.SpecificityAtSensitivity)] = (spec, name) => Constrained((Specs.SpecificityAtSensitivity)spec, name),
        [typeof(Specs.PrecisionAtRecall)] = (spec, name) => Constrained((Specs.PrecisionAtRecall)spec, name),
        [typeof(Specs.RecallAtPrecision)] = (spec, name) => Constrained((Specs.RecallAtPrecision)spec, name),
        [typeof(Specs.AUC)] = (spec, name) => new AUC(name, (Specs.AUC)spec),
        [typeof(Specs.F1Score)] = (spec, name) => new FBetaScore(name, ((Specs.F1Score)spec).Average, 1, ((Specs.F1Score)spec).Threshold),
        [typeof(Specs.FBetaScore)] = (spec, name) => FScore((Specs.FBetaScore)spec, name),
        [typeof(Specs.IoU)] = (spec, name) => Overlap((Specs.IoU)spec, name),
        [typeof(Specs.BinaryIoU)] = (spec, name) => Overlap((Specs.BinaryIoU)spec, name),
        [typeof(Specs.MeanIoU)] = (spec, name) => Overlap((Specs.MeanIoU)spec, name),
        [typeof(Specs.OneHotIoU)] = (spec, name) => Overlap((Specs.OneHotIoU)spec, name),
        [typeof(Specs.OneHotMeanIoU)] = (spec, name) => Overlap((Specs.OneHotMeanIoU)spec, name),
        [typeof(Specs.Mean)] = (_, name) => new Mean(name),
        [typeof(Specs.Sum)] = (_, name) => new Sum(name),
        [typeof(Specs.MeanMetricWrapper)] = OfLoss,
        [typeof(Specs.ExpressionMetric)] = (spec, name) => new ExpressionMetric(name, (Specs.ExpressionMetric)spec),
    };

    /// <summary>The records that are covered.</summary>
    public static IReadOnlyCollection<Type> Covered => Table.Keys;

    /// <summary>Builds the metric of a spec.</summary>
    /// <param name="spec">Which metric.</param>
    /// <param name="labels">Shape of a batch of labels; "accuracy" decides by it.</param>
    /// <param name="outputs">Shape of a batch of outputs.</param>
    /// <exception cref="NotSupportedException">The table has no class for it.</exception>
    public static Metric Build(MetricSpec spec, Shape labels, Shape outputs)
    {
        var metric = Build(spec.Resolve(labels, outputs), LogName(spec));
        metric.LogNames = spec.LogNames(outputs);
        return metric;
    }

    /// <summary>Builds the metric of a spec; "accuracy" decides by the shapes of each batch.</summary>
    /// <param name="spec">Which metric.</param>
    /// <exception cref="NotSupportedException">The table has no class for it.</exception>
    public static Metric Build(MetricSpec spec) => Build(spec, LogName(spec));

    /// <summary>Key in the logs: the given name, or Keras's for the class.</summary>
    public static string LogName(MetricSpec spec) => spec.Name ?? spec.DefaultName;

    private static Metric Build(MetricSpec spec, string name) =>
        Table.TryGetValue(spec.GetType(), out var build)
            ? build(spec, name)
            : throw new NotSupportedException($"No class computes the metric {spec.GetType().Name}.");

    private static LossMetric OfLoss(MetricSpec spec, string name) =>
        new(name, spec.Direction, LossTable.Build(((LossMetricSpec)spec).Loss()), sign: spec is CosineSimilarityMetric ? -1 : 1);

    private static TopKCategoricalAccuracy SparseTopK(Specs.SparseTopKCategoricalAccuracy spec, string name) =>
        new(name, spec.K, oneHot: false, spec.FromSortedIds);

    private static ConfusionRate Rate(Specs.Precision spec, string name) => new(name, spec.Thresholds, spec.TopK, spec.ClassId, counts => counts.Precision);

    private static ConfusionRate Rate(Specs.Recall spec, string name) => new(name, spec.Thresholds, spec.TopK, spec.ClassId, counts => counts.Recall);

    private static ConstrainedRate Constrained(Specs.SensitivityAtSpecificity spec, string name) =>
        new(name, spec.Specificity, spec.NumThresholds, spec.ClassId, counts => counts.Specificity, counts => counts.Recall);

    private static ConstrainedRate Constrained(Specs.SpecificityAtSensitivity spec, string name) =>
        new(name, spec.Sensitivity, spec.NumThresholds, spec.ClassId, counts => counts.Recall, counts => counts.Specificity);

    private static ConstrainedRate Constrained(Specs.PrecisionAtRecall spec, string name) =>
        new(name, spec.Recall, spec.NumThresholds, spec.ClassId, counts => counts.Recall, counts => counts.Precision);

    private static ConstrainedRate Constrained(Specs.RecallAtPrecision spec, string name) =>
        new(name, spec.Precision, spec.NumThresholds, spec.ClassId, counts => counts.Precision, counts => counts.Recall);

    private static FBetaScore FScore(Specs.FBetaScore spec, string name) => new(name, spec.Average, spec.Beta, spec.Threshold);

    private static IoU Overlap(Specs.IoU spec, string name) =>
        new(name, spec.NumClasses, spec.TargetClassIds, spec.Dtype, spec.IgnoreClass, spec.SparseYTrue, spec.SparseYPred, spec.Axis);

    private static IoU Overlap(Specs.BinaryIoU spec, string name) => new(name, 2, spec.TargetClassIds, spec.Dtype, null, true, true, -1, spec.Threshold);

    private static IoU Overlap(Specs.MeanIoU spec, string name) =>
        new(name, spec.NumClasses, null, spec.Dtype, spec.IgnoreClass, spec.SparseYTrue, spec.SparseYPred, spec.Axis);

    private static IoU Overlap(Specs.OneHotIoU spec, string name) =>
        new(name, spec.NumClasses, spec.TargetClassIds, spec.Dtype, spec.IgnoreClass, false, spec.SparseYPred, spec.Axis);

    private static IoU Overlap(Specs.OneHotMeanIoU spec, string name) =>
        new(name, spec.NumClasses, null, spec.Dtype, spec.IgnoreClass, false, spec.SparseYPred, spec.Axis);
}
