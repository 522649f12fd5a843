using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;

namespace TrainingService.Contracts.Datasets;

/// <summary>
/// One step of a data pipeline, by tf.data's name. On the wire an object with one member, the step's name:
/// <c>{"shuffle": {"buffer_size": 60000}}</c>. Steps are run in the order in which they stand, with tf.data's meaning.
/// </summary>
public abstract record PipelineStep;

/// <summary>
/// Changes one tensor of every row, as <c>Dataset.map</c>. On the wire a Keras layer, or an object with the function and what it is applied to:
/// <c>{"map": {"one_hot": {"depth": 10}, "on": "label"}}</c>.
/// </summary>
/// <param name="Function">What is computed.</param>
/// <param name="On">
/// The tensor: <c>features</c>, <c>labels</c>, the name of an input or output where these go by name, or a column that is a tensor by itself.
/// Default: the features.
/// </param>
/// <param name="NumParallelCalls">Threads that compute it; null, or <c>"auto"</c>, chooses by measuring. The order of rows does not depend on it.</param>
public sealed record Map(
    MapFunction Function,
    [StringLength(1_000, MinimumLength = 1)] string? On = null,
    [AcceptsAuto][Range(1, 1_024)] int? NumParallelCalls = null) : PipelineStep
{
    /// <summary>Applies a layer to the features.</summary>
    /// <param name="layer">A preprocessing layer: Rescaling, Reshape, Flatten.</param>
    public Map(LayerSpec layer)
        : this(new LayerMap(layer))
    {
    }

    /// <summary>The layer, where the function is one.</summary>
    public LayerSpec? Layer => (Function as LayerMap)?.Layer;
}

/// <summary>Keeps the rows for which an expression is true, as <c>Dataset.filter</c>.</summary>
/// <param name="Expression">
/// A truth per row, in the language of expressions, over the row's tensors by their names (<c>features</c>, <c>labels</c>, those of inputs and
/// outputs) and over its columns of numbers: <c>label &lt; 5</c>.
/// </param>
public sealed record Filter([StringLength(4_096, MinimumLength = 1)] string Expression) : PipelineStep;

/// <summary>Keeps what came so far, so that later epochs do not compute it again.</summary>
/// <param name="Filename">A file in the run's own folder, which is read through the system's file cache; null keeps it in memory. Each set of rows has a file of its own by that name.</param>
public sealed record Cache(
    [OmittedWhenNull][RegularExpression("[A-Za-z0-9][A-Za-z0-9._-]{0,99}", ErrorMessage = "1 to 100 letters, digits, '.', '_' and '-', without folders")] string? Filename = null) : PipelineStep;

/// <summary>Draws each element from a buffer that is filled in order, as <c>Dataset.shuffle</c>; a buffer of all rows is a full permutation. Behind <c>batch</c> it shuffles batches.</summary>
/// <param name="BufferSize">Elements in the buffer.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
/// <param name="ReshuffleEachIteration">Another order each epoch. Default: true.</param>
public sealed record Shuffle([Range(1, 1L << 40)] long BufferSize, long? Seed = null, bool ReshuffleEachIteration = true) : PipelineStep;

/// <summary>Gives everything so many times, one after the other, within one epoch. In front of <c>batch</c> a batch can have rows of two rounds.</summary>
/// <param name="Count">How often; null goes on for ever, which needs <c>fit.steps_per_epoch</c> or a <c>take</c> behind it.</param>
public sealed record Repeat([Range(1, 1L << 40)] long? Count = null) : PipelineStep;

/// <summary>Prepares elements while the model computes.</summary>
/// <param name="BufferSize">Elements ahead; null, or <c>"auto"</c>, chooses. Default: null.</param>
public sealed record Prefetch([AcceptsAuto][Range(1, 1_024)] int? BufferSize = null) : PipelineStep;

/// <summary>The first elements only.</summary>
/// <param name="Count">How many.</param>
public sealed record Take([Range(1, 1L << 40)] long Count) : PipelineStep;

/// <summary>Leaves the first elements out.</summary>
/// <param name="Count">How many.</param>
public sealed record Skip([Range(0, 1L << 40)] long Count) : PipelineStep;

/// <summary>Every so manieth element, as <c>Dataset.shard</c>.</summary>
/// <param name="NumShards">How many shards there are.</param>
/// <param name="Index">Which of them, from 0.</param>
public sealed record Shard([Range(1, 1_000_000)] int NumShards, [Range(0, 999_999)] int Index) : PipelineStep;

/// <summary>What <c>resample</c> does about classes of different sizes.</summary>
public enum ResampleStrategy
{
    /// <summary>Rows of smaller classes come several times, so that each class has as many as the largest.</summary>
    Oversample,

    /// <summary>Rows of larger classes are left out, others in each epoch, so that each class has as many as the smallest.</summary>
    Undersample,
}

/// <summary>Gives every class of the labels the same number of rows.</summary>
/// <param name="Strategy">How.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record Resample(ResampleStrategy Strategy, long? Seed = null) : PipelineStep;

/// <summary>Leaves rows out by chance, so that the classes of the labels come in the proportions that are wanted, as <c>Dataset.rejection_resample</c>.</summary>
/// <param name="TargetDist">The part of each class, by its number.</param>
/// <param name="InitialDist">The part of each class as it comes; null counts.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
public sealed record RejectionResample(
    [MinLength(1)][MaxLength(100_000)][Range(0.0, 1e9)] IReadOnlyList<double> TargetDist,
    [MinLength(1)][MaxLength(100_000)][Range(0.0, 1e9)] IReadOnlyList<double>? InitialDist = null,
    long? Seed = null) : PipelineStep;
