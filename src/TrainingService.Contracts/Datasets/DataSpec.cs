using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Datasets;

/// <summary>Where a set of rows comes from and how it is prepared.</summary>
/// <param name="Dataset">Name of a data set, <c>mnist</c>, or of one version: <c>houses@2</c>. Left out where <paramref name="Interleave"/> says where the rows come from.</param>
/// <param name="Split">One of its splits. Default: train.</param>
/// <param name="Pipeline">
/// Steps in order. Training rows without a pipeline are shuffled completely, as <c>fit</c> does with arrays; a validation or test set
/// without a pipeline of its own gets the training one's maps, cache, batch size and prefetch, without shuffling. A pipeline without <c>batch</c>
/// gets one of <c>fit.batch_size</c>.
/// </param>
/// <param name="Features">The columns that go into the model. Default: those with role feature.</param>
/// <param name="Labels">The columns that the model learns to give. Default: those with role label.</param>
/// <param name="SampleWeight">The column that says what a row counts in the loss. Default: the one with role weight, if there is one.</param>
/// <param name="Interleave">Several sets of rows of the same columns, taken in turns as <c>Dataset.interleave</c> does.</param>
/// <param name="CycleLength">How many of them are open at a time. Default: all.</param>
/// <param name="BlockLength">Rows that are taken from each in its turn. Default: 1.</param>
/// <param name="Fingerprint">What the data set must be; a resolved spec says what it was. Default: not compared.</param>
/// <param name="Subset">
/// Which part of the rows that <c>data.split</c> divides. <c>data.validation</c> and <c>data.test</c> may name theirs, to have a pipeline of their
/// own; where they are left out, a resolved spec has them. Their rows are those of <c>data.train</c>, so that they name no data set.
/// </param>
public sealed record DataSource(
    [StringLength(200, MinimumLength = 1)] string? Dataset = null,
    [StringLength(200, MinimumLength = 1)] string Split = "train",
    [MaxLength(100)] IReadOnlyList<PipelineStep>? Pipeline = null,
    [OmittedWhenNull] ColumnChoice? Features = null,
    [OmittedWhenNull] ColumnChoice? Labels = null,
    [OmittedWhenNull][StringLength(1_000, MinimumLength = 1)] string? SampleWeight = null,
    [OmittedWhenNull][MaxLength(1_000)][MinLength(1)] IReadOnlyList<SourcePart>? Interleave = null,
    [OmittedWhenNull][Range(1, 1_000)] int? CycleLength = null,
    [OmittedWhenNull][Range(1, 1L << 40)] long? BlockLength = null,
    [OmittedWhenNull][RegularExpression("[0-9a-f]{64}", ErrorMessage = "64 lower-case hexadecimal digits")] string? Fingerprint = null,
    [OmittedWhenNull] Subset? Subset = null)
{
    /// <summary>The splits of data sets that its rows come from.</summary>
    public IReadOnlyList<SourcePart> Parts() => Interleave ?? (Dataset is { } name ? [new SourcePart(name, Split, Fingerprint)] : []);
}

/// <summary>A split of a data set, taken in turns with others.</summary>
/// <param name="Dataset">Name of a data set, or of one version.</param>
/// <param name="Split">One of its splits. Default: train.</param>
/// <param name="Fingerprint">As in <see cref="DataSource"/>.</param>
public sealed record SourcePart(
    [StringLength(200, MinimumLength = 1)] string Dataset,
    [StringLength(200, MinimumLength = 1)] string Split = "train",
    [OmittedWhenNull][RegularExpression("[0-9a-f]{64}", ErrorMessage = "64 lower-case hexadecimal digits")] string? Fingerprint = null);

/// <summary>The rows of a job.</summary>
/// <param name="Train">Rows to learn from.</param>
/// <param name="Validation">Rows to watch after every epoch. Default: none.</param>
/// <param name="Test">Rows for the evaluation at the end. Default: none; the validation rows are evaluated instead, when there are any.</param>
/// <param name="Split">Makes the validation and test rows out of the rows of <paramref name="Train"/>. Default: none.</param>
public sealed record DataSpec(DataSource Train, DataSource? Validation = null, DataSource? Test = null, [OmittedWhenNull] SplitSpec? Split = null);
