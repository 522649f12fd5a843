using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Losses;
using TrainingService.Contracts.Metrics;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Optimizers;

namespace TrainingService.Contracts.Jobs;

/// <summary>The body of <c>POST /v1/jobs</c>: this model, this data, compile it so, fit it so.</summary>
/// <param name="Model">The model as Keras's <c>model.to_json()</c> writes it.</param>
/// <param name="Compile">Optimizer, loss and metrics.</param>
/// <param name="Data">The rows.</param>
/// <param name="Fit">Epochs and callbacks. Default: one epoch.</param>
/// <param name="Name">Shown to people. Default: the model's name.</param>
/// <param name="Seed">Seed of every random stream of the job, 0 to 2⁵³ - 1; null draws one, and the resolved spec says which.</param>
/// <param name="Resources">Device and threads.</param>
/// <param name="Stopping">Limits in time.</param>
/// <param name="Export">Formats of the finished model besides <c>model.safetensors</c> and <c>config.json</c>. Only an empty list.</param>
/// <param name="Tags">Words to filter by, at most 50 of at most 100 characters.</param>
/// <param name="Metadata">Free texts of at most 500 characters by key, at most 50.</param>
/// <param name="Queue">Which workers take it: those that serve the queue. Default: <c>gpu</c> with a CUDA device, else <c>cpu</c>.</param>
/// <param name="Priority">Before or behind the others of its queue. Default: normal.</param>
/// <param name="Retry">How often it is tried again when its worker or trainer dies.</param>
/// <param name="Checkpoint">How often the whole state of the training is kept, and how many of them.</param>
/// <param name="MetricsEverySteps">Keep the training figures of every so many batches as well; null keeps those of the epochs only.</param>
public sealed record JobSpec(
    ModelSpec Model,
    CompileSpec Compile,
    DataSpec Data,
    FitSpec? Fit = null,
    [StringLength(200, MinimumLength = 1)] string? Name = null,
    [Range(0.0, JobSpec.LargestSeed)] long? Seed = null,
    ResourcesSpec? Resources = null,
    StoppingSpec? Stopping = null,
    [MaxLength(0)] IReadOnlyList<string>? Export = null,
    [MaxLength(50)][EachLength(1, 100)] IReadOnlyList<string>? Tags = null,
    [MaxLength(50)][EachLength(0, 500)] IReadOnlyDictionary<string, string>? Metadata = null,
    [RegularExpression(JobSpec.QueueName, ErrorMessage = "1 to 40 lower-case letters, digits, '_' and '-', beginning with a letter")] string? Queue = null,
    JobPriority? Priority = null,
    RetrySpec? Retry = null,
    CheckpointSpec? Checkpoint = null,
    [Range(1, 1_000_000_000)] int? MetricsEverySteps = null)
{
    /// <summary>2⁵³ - 1: every JSON reader keeps such a number exactly.</summary>
    public const long LargestSeed = (1L << 53) - 1;

    /// <summary>What a queue's name looks like.</summary>
    public const string QueueName = "[a-z][a-z0-9_-]{0,39}";
}

/// <summary>What <c>Model.compile</c> takes.</summary>
/// <param name="Loss">Class and config, or a short name such as <c>sparse_categorical_crossentropy</c>: one for every output, a list, or a dict by the outputs' names; null for an output without a loss.</param>
/// <param name="Optimizer">Class and config, or a short name. Default: rmsprop, as in Keras.</param>
/// <param name="Metrics">Class and config, or short names: a list, a list per output, or a dict by the outputs' names. Default: none.</param>
/// <param name="LossWeights">What each loss counts in the sum: a list, or a dict by the outputs' names. Default: 1 each.</param>
/// <param name="WeightedMetrics">Metrics that look at the rows' weights, in the forms of <c>metrics</c>. Default: none.</param>
/// <param name="AutoScaleLoss">Whether a model of the policy <c>mixed_float16</c> gets a LossScaleOptimizer around its optimizer. Default: true.</param>
[Ignores("run_eagerly", "steps_per_execution", "jit_compile")]
public sealed record CompileSpec(
    [MaxLength(1_000)] PerOutput<LossSpec> Loss,
    OptimizerSpec? Optimizer = null,
    [MaxLength(100)] PerOutput<MetricSpec>? Metrics = null,
    [MaxLength(1_000)] PerOutput<double>? LossWeights = null,
    [MaxLength(100)] PerOutput<MetricSpec>? WeightedMetrics = null,
    bool AutoScaleLoss = true);

/// <summary>What <c>Model.fit</c> takes.</summary>
/// <param name="Epochs">The epoch at which training ends: as many epochs as this, less <c>initial_epoch</c>. Default: 1.</param>
/// <param name="BatchSize">Rows per batch where the pipeline has no <c>batch</c>. Default: 32, or with <c>steps_per_epoch</c> as many as make so many steps.</param>
/// <param name="ValidationFreq">Validate every so many epochs, or after the epochs of a list, counted from 1. Default: 1.</param>
/// <param name="Callbacks">Class and config. Default: none.</param>
/// <param name="InitialEpoch">Epochs that are taken to have been, below <c>epochs</c>. Default: 0.</param>
/// <param name="StepsPerEpoch">Batches of an epoch; the next epoch goes on where this one stopped, and rows that are used up begin anew with the epoch after. Default: all.</param>
/// <param name="ValidationSplit">Part of the training rows, taken from their end before any shuffling, to validate on; <c>data.validation</c> goes before it. Default: 0.</param>
/// <param name="ValidationSteps">Batches of a validation, always the first ones. Default: all.</param>
/// <param name="ValidationBatchSize">Rows per batch of a validation whose pipeline has no <c>batch</c>. Default: that of the training.</param>
/// <param name="Shuffle">Shuffle training rows that have no pipeline of their own in every epoch. Default: true.</param>
/// <param name="ClassWeight">What a row counts in the loss, by the number of its class, 1 for classes that are not named; <c>"balanced"</c> counts the training rows. Metrics do not look at it. Default: none.</param>
[Ignores("verbose")]
public sealed record FitSpec(
    [Range(1, 1_000_000)] int Epochs = 1,
    [Range(1, 1_048_576)] int? BatchSize = null,
    EpochFrequency ValidationFreq = default,
    [MaxLength(100)] IReadOnlyList<CallbackSpec>? Callbacks = null,
    [Range(0, 999_999)] int InitialEpoch = 0,
    [Range(1, 1_000_000_000)] int? StepsPerEpoch = null,
    [Range(0.0, 0.999999999)] double ValidationSplit = 0.0,
    [Range(1, 1_000_000_000)] int? ValidationSteps = null,
    [Range(1, 1_048_576)] int? ValidationBatchSize = null,
    bool Shuffle = true,
    ClassWeightSpec? ClassWeight = null);

/// <summary>What the job may use.</summary>
/// <param name="Device"><c>auto</c>, <c>cpu</c>, <c>cuda</c>, or one CUDA device: <c>cuda:1</c>. Default: auto, which takes CUDA when it is there.</param>
/// <param name="Threads">Threads for libtorch; null takes the worker's share. Results repeat bit by bit only with the same number.</param>
/// <param name="MixedPrecision"><c>mixed_bfloat16</c> or <c>mixed_float16</c>: the dtype policy of every layer that says float32, but for those whose outputs are the model's. Default: none.</param>
/// <param name="Strategy"><c>mirrored</c>: copies of the model share every batch. Default: none, one copy.</param>
/// <param name="Replicas">Copies with <c>mirrored</c>, 1 to 64; the batch is split among them. Default: one for each CUDA device, or 1 on a CPU.</param>
public sealed record ResourcesSpec(
    [RegularExpression(@"auto|cpu|cuda|cuda:\d{1,2}", ErrorMessage = "\"auto\", \"cpu\", \"cuda\" or \"cuda:\" and a number")] string Device = "auto",
    [Range(1, 1_024)] int? Threads = null,
    [RegularExpression("mixed_bfloat16|mixed_float16", ErrorMessage = "null, \"mixed_bfloat16\" or \"mixed_float16\"")] string? MixedPrecision = null,
    [RegularExpression("mirrored", ErrorMessage = "null or \"mirrored\"")] string? Strategy = null,
    [Range(1, 64)] int? Replicas = null);

/// <summary>When to stop at the latest.</summary>
/// <param name="MaxRuntimeSeconds">Seconds of running, all attempts together, in which the last checkpoint, the evaluation and the files are included; null has no limit.</param>
/// <param name="MaxPendingSeconds">Seconds after which a job that no worker has taken fails; null waits for ever.</param>
/// <param name="MaxSilenceSeconds">Seconds without progress after which a run is ended and tried again; null takes the worker's.</param>
public sealed record StoppingSpec(
    [Range(1, 31_536_000)] int? MaxRuntimeSeconds = null,
    [Range(1, 31_536_000)] int? MaxPendingSeconds = null,
    [Range(1, 86_400)] int? MaxSilenceSeconds = null);

/// <summary>What happens after a run that died. Errors of the job itself (bad data, NaN, not enough memory) are never tried again.</summary>
/// <param name="MaxAttempts">Runs at most; a run that its worker handed back in good order does not count. Null takes the service's.</param>
public sealed record RetrySpec([Range(1, 100)] int? MaxAttempts = null);

/// <summary>When the whole state of a training is kept, so that another run goes on from there with the same numbers.</summary>
/// <param name="EveryEpochs">After every so many epochs. Default: 1.</param>
/// <param name="EverySeconds">Also inside an epoch, when so many seconds have passed since the last one; null only after epochs.</param>
/// <param name="KeepBest">How many of those that were the best so far are kept. Default: 1.</param>
/// <param name="KeepLatest">How many of the latest are kept. Default: 2.</param>
public sealed record CheckpointSpec(
    [Range(1, 1_000_000)] int EveryEpochs = 1,
    [Range(1, 86_400)] int? EverySeconds = null,
    [Range(0, 10)] int KeepBest = 1,
    [Range(1, 100)] int KeepLatest = 2);
