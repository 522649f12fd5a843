using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Metrics;

namespace TrainingService.Contracts.Tests.Losses;

/// <summary>One of every loss and metric, with values that are not the defaults where it has fields.</summary>
internal static class LossSpecimens
{
    public static IReadOnlyList<KerasSpec> All { get; } =
    [
        new CrossentropyByShape { Reduction = Reduction.Sum }, new SparseCategoricalCrossentropy(true, 255, 1) { Reduction = Reduction.Sum },
        new CategoricalCrossentropy(true, 0.1, 1) { Reduction = Reduction.Mean }, new CategoricalFocalCrossentropy([0.25, 0.5], 3, true, 0.2, 1),
        new CategoricalGeneralizedCrossEntropy(0.75) { Reduction = Reduction.None }, new BinaryCrossentropy(true, 0.2, 0) { Reduction = Reduction.MeanWithSampleWeight },
        new BinaryFocalCrossentropy(true, 0.5, 3, true, 0.1, 1), new MeanSquaredError { Reduction = Reduction.Sum }, new MeanAbsoluteError { Dtype = "float32" },
        new MeanAbsolutePercentageError { Reduction = Reduction.None }, new MeanSquaredLogarithmicError { Reduction = Reduction.Mean }, new Huber(0.5),
        new LogCosh { Reduction = Reduction.Sum }, new CosineSimilarity(1), new KLDivergence { Reduction = Reduction.Mean }, new Poisson { Reduction = Reduction.Sum },
        new Hinge { Reduction = Reduction.Sum }, new SquaredHinge { Reduction = Reduction.Sum }, new CategoricalHinge { Reduction = Reduction.Sum },
        new Dice(new NormAxes(1, 2)), new Tversky(0.3, 0.7, new NormAxes(1)), new Circle(64, 0.3, false), new CTC { Reduction = Reduction.Sum },
        new AccuracyByShape { Name = "acc" }, new Accuracy { Name = "a" }, new BinaryAccuracy(0.7) { Name = "b" }, new CategoricalAccuracy(),
        new SparseCategoricalAccuracy { Name = "accuracy" }, new TopKCategoricalAccuracy(3), new SparseTopKCategoricalAccuracy(2, true),
        new CrossentropyMetricByShape { Name = "ce" }, new BinaryCrossentropyMetric(true, 0.1), new CategoricalCrossentropyMetric(true, 0.1, 1),
        new SparseCategoricalCrossentropyMetric(true, 3, 1), new KLDivergenceMetric { Name = "kld" }, new PoissonMetric { Name = "p" },
        new MeanSquaredErrorMetric(), new RootMeanSquaredError { Name = "rmse" }, new MeanAbsoluteErrorMetric { Name = "mae" },
        new MeanAbsolutePercentageErrorMetric { Name = "mape" }, new MeanSquaredLogarithmicErrorMetric { Name = "msle" }, new LogCoshError { Name = "l" },
        new CosineSimilarityMetric(1), new R2Score(ClassAggregation.None, 2), new PearsonCorrelation(1), new ConcordanceCorrelation(1),
        new HingeMetric { Name = "h" }, new SquaredHingeMetric { Name = "s" }, new CategoricalHingeMetric { Name = "c" }, new TruePositives([0.25]),
        new TrueNegatives([0.25, 0.5]), new FalsePositives([0.75]), new FalseNegatives([0.5]), new Precision([0.25, 0.5], 3, 1), new Recall([0.25], 2, 1),
        new SensitivityAtSpecificity(0.5, 100, 1), new SpecificityAtSensitivity(0.5, 100, 1), new PrecisionAtRecall(0.5, 100, 1), new RecallAtPrecision(0.5, 100, 1),
        new AUC(50, AUCCurve.PrGain, AUCSummationMethod.Majoring, [0.5], true, 2, [1, 2], true), new F1Score(FScoreAverage.Macro, 0.5),
        new FBetaScore(FScoreAverage.Weighted, 2, 0.5), new IoU(3, [0, 2], 1, false, false, 1) { Dtype = "float32" }, new BinaryIoU([1], 0.25),
        new MeanIoU(3, 1, false, false, 1), new OneHotIoU(3, [1], 2, true, 1), new OneHotMeanIoU(3, 2, true, 1), new Mean { Name = "m" }, new Sum { Name = "s" },
        new MeanMetricWrapper(new Huber(2)) { Name = "huber" },
        new ExpressionLoss("mean(abs(y_true - y_pred), axis=-1)", new Dictionary<string, double> { ["delta"] = 2 }) { Reduction = Reduction.Sum },
        new ExpressionMetric("y_true == y_pred", Direction.Up, new Dictionary<string, double> { ["delta"] = 2 }),
    ];
}
