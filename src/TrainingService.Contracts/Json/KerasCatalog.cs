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
        // Models
        typeof(Sequential), typeof(Functional),
        // Core
        typeof(InputLayer), typeof(Dense), typeof(EinsumDense), typeof(TernaryDense), typeof(Identity), typeof(LayerPipeline),
        // Activations
        typeof(ActivationLayer), typeof(ReLU), typeof(LeakyReLU), typeof(PReLU), typeof(ELU), typeof(Softmax),
        // Convolution
        typeof(Conv1D), typeof(Conv2D), typeof(Conv3D), typeof(Conv1DTranspose), typeof(Conv2DTranspose), typeof(Conv3DTranspose),
        typeof(DepthwiseConv1D), typeof(DepthwiseConv2D), typeof(SeparableConv1D), typeof(SeparableConv2D),
        // Pooling
        typeof(MaxPooling1D), typeof(MaxPooling2D), typeof(MaxPooling3D), typeof(AveragePooling1D), typeof(AveragePooling2D), typeof(AveragePooling3D),
        typeof(GlobalMaxPooling1D), typeof(GlobalMaxPooling2D), typeof(GlobalMaxPooling3D), typeof(GlobalAveragePooling1D), typeof(GlobalAveragePooling2D), typeof(GlobalAveragePooling3D),
        typeof(AdaptiveMaxPooling1D), typeof(AdaptiveMaxPooling2D), typeof(AdaptiveMaxPooling3D),
        typeof(AdaptiveAveragePooling1D), typeof(AdaptiveAveragePooling2D), typeof(AdaptiveAveragePooling3D),
        // Reshaping
        typeof(Reshape), typeof(Flatten), typeof(Permute), typeof(RepeatVector), typeof(Cropping1D), typeof(Cropping2D), typeof(Cropping3D),
        typeof(ZeroPadding1D), typeof(ZeroPadding2D), typeof(ZeroPadding3D), typeof(UpSampling1D), typeof(UpSampling2D), typeof(UpSampling3D),
        // Merging
        typeof(Add), typeof(Subtract), typeof(Multiply), typeof(Average), typeof(Maximum), typeof(Minimum), typeof(Concatenate), typeof(Dot),
        // Normalization
        typeof(BatchNormalization), typeof(LayerNormalization), typeof(GroupNormalization), typeof(RMSNormalization), typeof(UnitNormalization), typeof(SpectralNormalization),
        // Keras Applications
        typeof(LayerScale), typeof(StochasticDepth), typeof(CustomScaleLayer),
        // Regularization
        typeof(Dropout), typeof(SpatialDropout1D), typeof(SpatialDropout2D), typeof(SpatialDropout3D), typeof(AlphaDropout), typeof(GaussianDropout), typeof(GaussianNoise), typeof(ActivityRegularization),
        .. PreprocessingLayers.Records, .. AugmentationLayers.Records,
        // Embedding and masking
        typeof(Embedding), typeof(ReversibleEmbedding), typeof(Masking),
        // Recurrent
        typeof(SimpleRNN), typeof(LSTM), typeof(GRU), typeof(RNN), typeof(ConvLSTM1D), typeof(ConvLSTM2D), typeof(ConvLSTM3D), typeof(Bidirectional), typeof(TimeDistributed),
        typeof(SimpleRNNCell), typeof(LSTMCell), typeof(GRUCell), typeof(StackedRNNCells),
        // Attention
        typeof(MultiHeadAttention), typeof(GroupQueryAttention), typeof(Attention), typeof(AdditiveAttention),
        // Written down by the user
        typeof(ExpressionLayer),
    ],
        ("Model", typeof(Functional)), ("CuDNNLSTM", typeof(LSTM)), ("CuDNNGRU", typeof(GRU)), ("GroupedQueryAttention", typeof(GroupQueryAttention)),
        ("Convolution1D", typeof(Conv1D)), ("Convolution1DTranspose", typeof(Conv1DTranspose)), ("Convolution2D", typeof(Conv2D)),
        ("Convolution2DTranspose", typeof(Conv2DTranspose)), ("Convolution3D", typeof(Conv3D)),
        ("Convolution3DTranspose", typeof(Conv3DTranspose)), ("Deconv2D", typeof(Conv2DTranspose)),
        ("Deconvolution2D", typeof(Conv2DTranspose)), ("Deconv3D", typeof(Conv3DTranspose)), ("Deconvolution3D", typeof(Conv3DTranspose)),
        ("SeparableConvolution1D", typeof(SeparableConv1D)), ("SeparableConvolution2D", typeof(SeparableConv2D)),
        ("MaxPool1D", typeof(MaxPooling1D)), ("AvgPool1D", typeof(AveragePooling1D)), ("GlobalMaxPool1D", typeof(GlobalMaxPooling1D)),
        ("GlobalAvgPool1D", typeof(GlobalAveragePooling1D)), ("MaxPool2D", typeof(MaxPooling2D)), ("AvgPool2D", typeof(AveragePooling2D)),
        ("GlobalMaxPool2D", typeof(GlobalMaxPooling2D)), ("GlobalAvgPool2D", typeof(GlobalAveragePooling2D)),
        ("MaxPool3D", typeof(MaxPooling3D)), ("AvgPool3D", typeof(AveragePooling3D)), ("GlobalMaxPool3D", typeof(GlobalMaxPooling3D)),
        ("GlobalAvgPool3D", typeof(GlobalAveragePooling3D)), ("BatchNormalizationV1", typeof(BatchNormalization)),
        ("BatchNormalizationV2", typeof(BatchNormalization)), ("SyncBatchNormalization", typeof(BatchNormalization))) { Refused = RefusedLayers.Reasons };

    /// <summary>Losses, with Keras's short names.</summary>
    public static KerasKind Losses { get; } = new("loss", typeof(LossSpec),
    [
        typeof(CrossentropyByShape), typeof(BinaryCrossentropy), typeof(BinaryFocalCrossentropy), typeof(CategoricalCrossentropy),
        typeof(CategoricalFocalCrossentropy), typeof(CategoricalGeneralizedCrossEntropy), typeof(SparseCategoricalCrossentropy),
        typeof(MeanSquaredError), typeof(MeanAbsoluteError), typeof(MeanAbsolutePercentageError), typeof(MeanSquaredLogarithmicError), typeof(Huber),
        typeof(LogCosh), typeof(CosineSimilarity), typeof(KLDivergence), typeof(Poisson), typeof(Hinge), typeof(SquaredHinge), typeof(CategoricalHinge),
        typeof(Dice), typeof(Tversky), typeof(Circle), typeof(CTC), typeof(ExpressionLoss),
    ],
        ("ce", typeof(CrossentropyByShape)), ("CE", typeof(CrossentropyByShape)), ("Crossentropy", typeof(CrossentropyByShape)),
        ("bce", typeof(BinaryCrossentropy)), ("BCE", typeof(BinaryCrossentropy)), ("kld", typeof(KLDivergence)), ("KLD", typeof(KLDivergence)),
        ("kullback_leibler_divergence", typeof(KLDivergence)), ("mse", typeof(MeanSquaredError)), ("MSE", typeof(MeanSquaredError)),
        ("mae", typeof(MeanAbsoluteError)), ("MAE", typeof(MeanAbsoluteError)), ("mape", typeof(MeanAbsolutePercentageError)),
        ("MAPE", typeof(MeanAbsolutePercentageError)), ("msle", typeof(MeanSquaredLogarithmicError)), ("MSLE", typeof(MeanSquaredLogarithmicError)),
        ("logcosh", typeof(LogCosh)), ("huber_loss", typeof(Huber))) { AcceptsBareNames = true };

    /// <summary>Metrics, with Keras's short names; a loss's name stands for the mean of its values.</summary>
    public static KerasKind Metrics { get; } = new("metric", typeof(MetricSpec),
    [
        typeof(AccuracyByShape), typeof(Accuracy), typeof(BinaryAccuracy), typeof(CategoricalAccuracy), typeof(SparseCategoricalAccuracy),
        typeof(TopKCategoricalAccuracy), typeof(SparseTopKCategoricalAccuracy), typeof(CrossentropyMetricByShape), typeof(BinaryCrossentropyMetric),
        typeof(CategoricalCrossentropyMetric), typeof(SparseCategoricalCrossentropyMetric), typeof(KLDivergenceMetric), typeof(PoissonMetric),
        typeof(MeanSquaredErrorMetric), typeof(RootMeanSquaredError), typeof(MeanAbsoluteErrorMetric), typeof(MeanAbsolutePercentageErrorMetric),
        typeof(MeanSquaredLogarithmicErrorMetric), typeof(LogCoshError), typeof(CosineSimilarityMetric), typeof(R2Score), typeof(PearsonCorrelation),
        typeof(ConcordanceCorrelation), typeof(HingeMetric), typeof(SquaredHingeMetric), typeof(CategoricalHingeMetric), typeof(TruePositives),
        typeof(TrueNegatives), typeof(FalsePositives), typeof(FalseNegatives), typeof(Precision), typeof(Recall), typeof(SensitivityAtSpecificity),
        typeof(SpecificityAtSensitivity), typeof(PrecisionAtRecall), typeof(RecallAtPrecision), typeof(AUC), typeof(F1Score), typeof(FBetaScore),
        typeof(IoU), typeof(BinaryIoU), typeof(MeanIoU), typeof(OneHotIoU), typeof(OneHotMeanIoU), typeof(Mean), typeof(Sum), typeof(MeanMetricWrapper),
        typeof(ExpressionMetric),
    ],
        ("acc", typeof(AccuracyByShape)), ("ACC", typeof(AccuracyByShape)), ("Acc", typeof(AccuracyByShape)), ("ce", typeof(CrossentropyMetricByShape)),
        ("CE", typeof(CrossentropyMetricByShape)), ("Crossentropy", typeof(CrossentropyMetricByShape)), ("bce", typeof(BinaryCrossentropyMetric)),
        ("BCE", typeof(BinaryCrossentropyMetric)), ("kld", typeof(KLDivergenceMetric)), ("KLD", typeof(KLDivergenceMetric)),
        ("mse", typeof(MeanSquaredErrorMetric)), ("MSE", typeof(MeanSquaredErrorMetric)), ("mae", typeof(MeanAbsoluteErrorMetric)),
        ("MAE", typeof(MeanAbsoluteErrorMetric)), ("mape", typeof(MeanAbsolutePercentageErrorMetric)), ("MAPE", typeof(MeanAbsolutePercentageErrorMetric)),
        ("msle", typeof(MeanSquaredLogarithmicErrorMetric)), ("MSLE", typeof(MeanSquaredLogarithmicErrorMetric)), ("logcosh", typeof(LogCoshError)),
        ("fbeta_score", typeof(FBetaScore)))
    {
        AcceptsBareNames = true,
        // The class Accuracy compares values; the bare word means the kind of accuracy that the shapes ask for.
        BareNames = new Dictionary<string, KerasSpec> { ["Accuracy"] = new AccuracyByShape() },
    };

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
    [
        typeof(EarlyStopping), typeof(ModelCheckpoint), typeof(ReduceLROnPlateau), typeof(LearningRateScheduler), typeof(TensorBoard), typeof(CSVLogger),
        typeof(TerminateOnNaN), typeof(SwapEMAWeights), typeof(RemoteMonitor), typeof(BackupAndRestore), typeof(History), typeof(ProgbarLogger),
    ]) { Refused = RefusedCallbacks.Reasons };

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
