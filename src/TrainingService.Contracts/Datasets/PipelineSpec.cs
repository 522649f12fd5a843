using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Layers;

namespace TrainingService.Contracts.Datasets;

/// <summary>
/// One step of a data pipeline, by tf.data's name. On the wire an object with one member, the step's name:
/// <c>{"shuffle": {"buffer_size": 60000}}</c>; <c>map</c> holds a Keras layer.
/// </summary>
public abstract record PipelineStep;

/// <summary>
/// Applies a layer to every row's features, as <c>Dataset.map</c> would. After <c>batch</c> tf.data hands it whole batches, which gives the
/// same values; the resolved spec then has it right before <c>batch</c>.
/// </summary>
/// <param name="Layer">A preprocessing layer: Rescaling, Reshape, Flatten.</param>
public sealed record Map(LayerSpec Layer) : PipelineStep;

/// <summary>Keeps what came so far in memory, so that later epochs do not compute it again.</summary>
public sealed record Cache : PipelineStep;

/// <summary>Draws each row from a buffer that is filled in order, as <c>Dataset.shuffle</c>; a buffer of all rows is a full permutation.</summary>
/// <param name="BufferSize">Rows in the buffer.</param>
/// <param name="Seed">Seed of its own; null draws from the job's seed.</param>
/// <param name="ReshuffleEachIteration">Another order each epoch. Default: true.</param>
public sealed record Shuffle([Range(1, 1L << 40)] long BufferSize, long? Seed = null, bool ReshuffleEachIteration = true) : PipelineStep;

/// <summary>Puts rows together.</summary>
/// <param name="BatchSize">Rows per batch.</param>
/// <param name="DropRemainder">Leave a last, short batch out. Default: false.</param>
public sealed record Batch([Range(1, 1_048_576)] int BatchSize, bool DropRemainder = false) : PipelineStep;

/// <summary>Prepares batches while the model computes.</summary>
/// <param name="BufferSize">Batches ahead; null chooses. Default: null.</param>
public sealed record Prefetch([Range(1, 1_024)] int? BufferSize = null) : PipelineStep;

/// <summary>The first rows only.</summary>
/// <param name="Count">How many.</param>
public sealed record Take([Range(1, 1L << 40)] long Count) : PipelineStep;

/// <summary>Leaves the first rows out.</summary>
/// <param name="Count">How many.</param>
public sealed record Skip([Range(0, 1L << 40)] long Count) : PipelineStep;

/// <summary>Where a set of rows comes from and how it is prepared.</summary>
/// <param name="Dataset">Name of a data set: <c>mnist</c>.</param>
/// <param name="Split">One of its splits. Default: train.</param>
/// <param name="Pipeline">
/// Steps in order. Training rows without a pipeline are shuffled completely, as <c>fit</c> does with arrays; a validation or test set
/// without a pipeline of its own gets the training one's maps, cache, batch size and prefetch, without shuffling. A pipeline without <c>batch</c>
/// gets one of <c>fit.batch_size</c>.
/// </param>
public sealed record DataSource(
    [StringLength(200, MinimumLength = 1)] string Dataset,
    [StringLength(200, MinimumLength = 1)] string Split = "train",
    [MaxLength(100)] IReadOnlyList<PipelineStep>? Pipeline = null);

/// <summary>The rows of a job.</summary>
/// <param name="Train">Rows to learn from.</param>
/// <param name="Validation">Rows to watch after every epoch. Default: none.</param>
/// <param name="Test">Rows for the evaluation at the end. Default: none; the validation rows are evaluated instead, when there are any.</param>
public sealed record DataSpec(DataSource Train, DataSource? Validation = null, DataSource? Test = null);
