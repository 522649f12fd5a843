using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Optimizers;
using TrainingService.Contracts.Regularizers;
using TrainingService.Contracts.Schedules;

namespace TrainingService.Contracts.Json;

/// <summary>The whole vocabulary: every <c>class_name</c> of every kind and the record it is read as. Read it to know what trains here.</summary>
public static class KerasCatalog
{
    /// <summary>Models.</summary>
    public static KerasKind Models { get; } = new("model", typeof(ModelSpec), [typeof(Sequential), typeof(Functional)], ("Model", typeof(Functional)));

    /// <summary>Layers.</summary>
    public static KerasKind Layers { get; } = new("layer", typeof(LayerSpec),
    [
        typeof(InputLayer), typeof(Dense), typeof(Conv2D), typeof(MaxPooling2D), typeof(AveragePooling2D), typeof(Flatten),
        typeof(Reshape), typeof(Dropout), typeof(ActivationLayer), typeof(BatchNormalization),
        typeof(Sequential), typeof(Functional),
        .. PreprocessingLayers.Records, .. AugmentationLayers.Records,
    ], ("Model", typeof(Functional)), ("Convolution2D", typeof(Conv2D)), ("MaxPool2D", typeof(MaxPooling2D)), ("AvgPool2D", typeof(AveragePooling2D)));

    /// <summary>Losses, with Keras's short names.</summary>
    public static KerasKind Losses { get; } = new("loss", typeof(LossSpec),
    [
        typeof(SparseCategoricalCrossentropy), typeof(CategoricalCrossentropy), typeof(BinaryCrossentropy),
        typeof(MeanSquaredError), typeof(MeanAbsoluteError),
    ],
        ("bce", typeof(BinaryCrossentropy)), ("BCE", typeof(BinaryCrossentropy)), ("mse", typeof(MeanSquaredError)), ("MSE", typeof(MeanSquaredError)),
        ("mae", typeof(MeanAbsoluteError)), ("MAE", typeof(MeanAbsoluteError))) { AcceptsBareNames = true };

    /// <summary>Metrics, with Keras's short names.</summary>
    public static KerasKind Metrics { get; } = new("metric", typeof(MetricSpec),
    [
        typeof(AccuracyByShape), typeof(Accuracy), typeof(BinaryAccuracy), typeof(CategoricalAccuracy), typeof(SparseCategoricalAccuracy),
        typeof(MeanAbsoluteErrorMetric), typeof(MeanSquaredErrorMetric),
    ],
        ("acc", typeof(AccuracyByShape)), ("mae", typeof(MeanAbsoluteErrorMetric)), ("MAE", typeof(MeanAbsoluteErrorMetric)),
        ("mse", typeof(MeanSquaredErrorMetric)), ("MSE", typeof(MeanSquaredErrorMetric))) { AcceptsBareNames = true };

    /// <summary>Optimizers, in any case, as Keras reads them.</summary>
    public static KerasKind Optimizers { get; } = new("optimizer", typeof(OptimizerSpec),
    [
        typeof(Sgd), typeof(RmsProp), typeof(Adam), typeof(AdamW), typeof(Adadelta), typeof(Adagrad), typeof(Adamax), typeof(Nadam), typeof(Ftrl),
        typeof(Lion), typeof(Lamb), typeof(Adafactor), typeof(Muon), typeof(ScheduleFreeAdamW), typeof(LossScaleOptimizer), typeof(MultiOptimizer),
    ], anyCase: true) { AcceptsBareNames = true };

    /// <summary>The map of a MultiOptimizer.</summary>
    public static KerasKind OptimizerMaps { get; } = new("optimizer map", typeof(OptimizerMap), [typeof(OptimizerMap)]);

    /// <summary>Learning rate schedules; LinearWarmup and OneCycle are this service's own.</summary>
    public static KerasKind Schedules { get; } = new("learning rate schedule", typeof(LearningRateScheduleSpec),
    [
        typeof(ExponentialDecay), typeof(InverseTimeDecay), typeof(PolynomialDecay), typeof(PiecewiseConstantDecay), typeof(CosineDecay),
        typeof(CosineDecayRestarts), typeof(LinearWarmup), typeof(OneCycle),
    ]);

    /// <summary>Callbacks.</summary>
    public static KerasKind Callbacks { get; } = new("callback", typeof(CallbackSpec),
        [typeof(EarlyStopping), typeof(ModelCheckpoint), typeof(ReduceLROnPlateau), typeof(CSVLogger), typeof(TerminateOnNaN)]);

    /// <summary>Initializers, with Keras's short names.</summary>
    public static KerasKind Initializers { get; } = new("initializer", typeof(InitializerSpec),
    [
        typeof(Zeros), typeof(Ones), typeof(Constant), typeof(RandomNormal), typeof(RandomUniform), typeof(TruncatedNormal), typeof(VarianceScaling),
        typeof(GlorotUniform), typeof(GlorotNormal), typeof(HeUniform), typeof(HeNormal), typeof(LecunUniform), typeof(LecunNormal),
        typeof(Orthogonal), typeof(IdentityMatrix), typeof(Stft),
    ],
        ("zero", typeof(Zeros)), ("one", typeof(Ones)), ("uniform", typeof(RandomUniform)), ("normal", typeof(RandomNormal)),
        ("IdentityInitializer", typeof(IdentityMatrix)), ("OrthogonalInitializer", typeof(Orthogonal)), ("STFTInitializer", typeof(Stft))) { AcceptsBareNames = true };

    /// <summary>Regularizers, with Keras's short names; the bare name <c>l1_l2</c> has factors of its own.</summary>
    public static KerasKind Regularizers { get; } = new("regularizer", typeof(RegularizerSpec),
        [typeof(L1), typeof(L2), typeof(L1L2), typeof(OrthogonalRegularizer)], ("l1_l2", typeof(L1L2)))
    {
        AcceptsBareNames = true,
        BareNames = new Dictionary<string, KerasSpec> { ["l1_l2"] = new L1L2(L1: 0.01, L2: 0.01) },
    };

    /// <summary>Constraints, with Keras's short names.</summary>
    public static KerasKind Constraints { get; } = new("constraint", typeof(ConstraintSpec),
        [typeof(MaxNorm), typeof(MinMaxNorm), typeof(NonNeg), typeof(UnitNorm)],
        ("maxnorm", typeof(MaxNorm)), ("nonneg", typeof(NonNeg)), ("unitnorm", typeof(UnitNorm))) { AcceptsBareNames = true };

    /// <summary>Every kind.</summary>
    public static IReadOnlyList<KerasKind> All { get; } = 
        [Models, Layers, Losses, Metrics, Optimizers, OptimizerMaps, Schedules, Callbacks, Initializers, Regularizers, Constraints];

    /// <summary>The kind whose base record this type is, or null.</summary>
    public static KerasKind? Of(Type type) => All.FirstOrDefault(kind => kind.Base == type);

    /// <summary>The kind that this type belongs to, as its base or as one of its records, or null.</summary>
    public static KerasKind? KindOf(Type type) => All.FirstOrDefault(kind => kind.Base.IsAssignableFrom(type));
}
