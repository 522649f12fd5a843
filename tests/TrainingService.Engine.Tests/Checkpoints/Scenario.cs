using TorchSharp;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Optimizers;
using TrainingService.Contracts.Schedules;
using TrainingService.Engine.Tests.Training;

namespace TrainingService.Engine.Tests.Checkpoints;

/// <summary>A training of a few batches that remembers something in particular.</summary>
/// <param name="Model">What is trained, on squares of 8 by 8.</param>
internal sealed record Scenario(Func<ModelSpec> Model)
{
    public const int Epochs = 3;

    public OptimizerSpec Optimizer { get; init; } = new Adam();

    public IReadOnlyList<CallbackSpec> Callbacks { get; init; } = [];

    public IReadOnlyList<PipelineStep> Steps { get; init; } = [new Shuffle(40), new Batch(16), new Prefetch()];

    public IReadOnlyList<string> Metrics { get; init; } = ["accuracy"];

    public int? StepsPerEpoch { get; init; }

    public int Replicas { get; init; } = 1;

    public bool Validates { get; init; } = true;

    public static IReadOnlyDictionary<string, Scenario> All { get; } = new Dictionary<string, Scenario>
    {
        ["cnn with dropout, augmented"] = new(() => Fitted.Cnn(new Dropout(0.3)))
        {
            Steps = [new Shuffle(40), new Map(new RandomFlip()), new Map(new RandomTranslation(new Factor(-0.2, 0.2), new Factor(-0.2, 0.2))), new Batch(16), new Prefetch()],
        },
        ["augmentation inside the model"] = new(() => new Sequential([new RandomFlip(), new GaussianNoise(0.1), .. Fitted.Cnn(new SpatialDropout2D(0.3), new AlphaDropout(0.1), new GaussianDropout(0.1)).Layers])),
        ["lstm with dropout"] = new(() => new Sequential([new Reshape([8, 8]), new LSTM(6) { Dropout = 0.2, RecurrentDropout = 0.2 }, new Dense(2, Contracts.Activations.Activation.Softmax)])),
        ["stateful lstm"] = new(() => new Sequential([new InputLayer(new Contracts.Shapes.Shape(16, 8, 8, 1)), new Reshape([8, 8]), new LSTM(6) { Stateful = true }, new Dense(2, Contracts.Activations.Activation.Softmax)])),
        ["batch normalization"] = new(() => Fitted.Cnn(new BatchNormalization(), new LayerNormalization())),
        ["spectral normalization"] = new(() => Fitted.Cnn(new BatchNormalization(), new SpectralNormalization(new Conv2D(4, [3, 3])))),
        ["sgd, exponential decay"] = new(() => Fitted.Mlp()) { Optimizer = new Sgd(0.9, true) { LearningRate = new ExponentialDecay(0.1, 4, 0.9) } },
        ["adamw, cosine decay"] = new(() => Fitted.Mlp(new Dropout(0.2))) { Optimizer = new AdamW { LearningRate = new CosineDecay(0.01, 12), Clipnorm = 1 } },
        ["early stopping and best weights"] = new(() => Fitted.Mlp()) { Optimizer = new Sgd { LearningRate = 0.9 }, Callbacks = [new EarlyStopping(MinDelta: 0.5, Patience: 2, RestoreBestWeights: true)] },
        ["early stopping at the second epoch"] = new(() => Fitted.Mlp()) { Callbacks = [new EarlyStopping(MinDelta: 100, Patience: 1, RestoreBestWeights: true)] },
        ["reduce on plateau"] = new(() => Fitted.Mlp()) { Callbacks = [new ReduceLROnPlateau(Factor: 0.5, Patience: 1, MinDelta: 0.2, Cooldown: 1)] },
        ["rate scheduler"] = new(() => Fitted.Mlp()) { Callbacks = [new LearningRateScheduler(new EpochSchedule("lr * 0.5"))] },
        ["gradient accumulation"] = new(() => Fitted.Mlp()) { Optimizer = new Adam { GradientAccumulationSteps = 3 } },
        ["mixed_bfloat16"] = new(() => MixedPrecision.Apply(Fitted.Cnn(new BatchNormalization(), new Dropout(0.2)), "mixed_bfloat16")),
        ["mixed_float16 with loss scaling"] = new(() => MixedPrecision.Apply(Fitted.Mlp(new Dropout(0.2)), "mixed_float16")) { Optimizer = new LossScaleOptimizer(new Adam(), 3e8, 3) },
        ["averages"] = new(() => Fitted.Mlp()) { Optimizer = new Sgd(0.9) { UseEma = true, EmaMomentum = 0.8, EmaOverwriteFrequency = 5 }, Callbacks = [new SwapEMAWeights()] },
        ["averages between epochs"] = new(() => Fitted.Mlp()) { Optimizer = new Adam { UseEma = true, EmaMomentum = 0.8 }, Callbacks = [new SwapEMAWeights(true)] },
        ["two replicas"] = new(() => Fitted.Cnn(new Dropout(0.3), new BatchNormalization())) { Replicas = 2 },
        ["parts of the rows"] = new(() => Fitted.Mlp(new Dropout(0.2))) { StepsPerEpoch = 2 },
        ["steps in any order, maps on two threads"] = new(() => Fitted.Mlp(new Dropout(0.2)))
        {
            Steps =
            [
                new Shuffle(20), new Repeat(2), new Filter("labels >= 0"), new Resample(ResampleStrategy.Oversample),
                new Map(new LayerMap(new RandomFlip()), null, 2), new Map(new LayerMap(new Normalization())), new Batch(16), new Shuffle(3), new Take(4), new Prefetch(),
            ],
        },
        ["rows without end"] = new(() => Fitted.Mlp(new Dropout(0.2))) { StepsPerEpoch = 4, Steps = [new Shuffle(40), new Repeat(), new Batch(13), new Prefetch()] },
        ["frozen order, cached draws"] = new(() => Fitted.Mlp()) { Steps = [new Map(new RandomFlip(Seed: 3)), new Shuffle(20), new Cache(), new Shuffle(30, Seed: 4), new Batch(16, DropRemainder: true)] },
        ["files of callbacks"] = new(() => Fitted.Mlp())
        {
            Callbacks =
            [
                new ModelCheckpoint("best.safetensors", SaveBestOnly: true), new ModelCheckpoint("e{epoch}-{batch}.safetensors", SaveFreq: Frequency.EveryBatches(3)),
                new ModelCheckpoint("last.safetensors", SaveWeightsOnly: true), new CSVLogger("log.csv", ";"), new TensorBoard(HistogramFreq: 1, UpdateFreq: Frequency.EveryBatches(2)),
            ],
        },
        ["callbacks that remember nothing"] = new(() => Fitted.Mlp()) { Callbacks = [new TerminateOnNaN(), new History(), new ProgbarLogger(), new BackupAndRestore("x"), new RemoteMonitor()] },
        ["metrics with states"] = new(() => Fitted.Mlp()) { Metrics = ["accuracy", "sparse_categorical_crossentropy"], Validates = false },
        ["several optimizers"] = new(() => Fitted.Mlp())
        {
            Optimizer = new MultiOptimizer(new OptimizerMap(new Adam { LearningRate = new LinearWarmup(0.01, 5) }, new Dictionary<string, OptimizerSpec> { [".*/bias"] = new Nadam { UseEma = true } })),
        },
    };

    /// <summary>Every optimizer of the catalog with what it is by default.</summary>
    public static IReadOnlyDictionary<string, Scenario> Optimizers { get; } = KerasCatalog.Optimizers.Records.Where(record => record.IsSubclassOf(typeof(UpdateRuleSpec)))
        .ToDictionary(KerasKind.ClassName, record => new Scenario(() => Fitted.Mlp(new Dropout(0.2)))
        {
            Optimizer = ContractsJson.TryRead<OptimizerSpec>(System.Text.Json.JsonSerializer.SerializeToElement(KerasKind.ClassName(record)), out _)!,
            Validates = false,
        });
}
