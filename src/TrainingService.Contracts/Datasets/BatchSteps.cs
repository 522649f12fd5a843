using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Datasets;

/// <summary>Puts rows together.</summary>
/// <param name="BatchSize">Rows per batch.</param>
/// <param name="DropRemainder">Leave a last, short batch out. Default: false.</param>
public sealed record Batch([Range(1, 1_048_576)] int BatchSize, bool DropRemainder = false) : PipelineStep;

/// <summary>Puts rows of different sizes together, filled up to the longest, as <c>Dataset.padded_batch</c>.</summary>
/// <param name="BatchSize">Rows per batch.</param>
/// <param name="PaddedShapes">The shape that each tensor is filled up to, by its name; null, or null for an axis, is that of the longest row of the batch.</param>
/// <param name="PaddingValues">What each tensor is filled with, by its name. Default: 0.</param>
/// <param name="DropRemainder">Leave a last, short batch out. Default: false.</param>
public sealed record PaddedBatch(
    [Range(1, 1_048_576)] int BatchSize,
    [MaxLength(1_000)] IReadOnlyDictionary<string, Shape>? PaddedShapes = null,
    [MaxLength(1_000)] IReadOnlyDictionary<string, double>? PaddingValues = null,
    bool DropRemainder = false) : PipelineStep;

/// <summary>Puts rows of about the same length together, as <c>Dataset.bucket_by_sequence_length</c>, so that little is filled up.</summary>
/// <param name="BucketBoundaries">Upper ends of the buckets' lengths, rising; a length at an end belongs to the next bucket, and the last bucket takes the rest.</param>
/// <param name="BucketBatchSizes">Rows per batch of each bucket, one more than boundaries.</param>
/// <param name="On">The tensor whose first axis is the length. Default: the features.</param>
/// <param name="PaddedShapes">As in <see cref="PaddedBatch"/>.</param>
/// <param name="PaddingValues">As in <see cref="PaddedBatch"/>.</param>
/// <param name="PadToBucketBoundary">Fill up to the bucket's end less 1, so that there are as many lengths as buckets; the last bucket then takes no rows. Default: false.</param>
/// <param name="DropRemainder">Leave short batches out. Default: false.</param>
public sealed record BucketBySequenceLength(
    [AlsoNamed("boundaries")][MinLength(1)][MaxLength(1_000)][Range(1, 1_000_000_000)] IReadOnlyList<long> BucketBoundaries,
    [AlsoNamed("batch_sizes")][MinLength(1)][MaxLength(1_001)][Range(1, 1_048_576)] IReadOnlyList<int> BucketBatchSizes,
    [StringLength(1_000, MinimumLength = 1)] string? On = null,
    [MaxLength(1_000)] IReadOnlyDictionary<string, Shape>? PaddedShapes = null,
    [MaxLength(1_000)] IReadOnlyDictionary<string, double>? PaddingValues = null,
    bool PadToBucketBoundary = false,
    bool DropRemainder = false) : PipelineStep;
