using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Datasets;

/// <summary>How files become a data set. What is left out follows from looking at the files.</summary>
/// <param name="Format">Null goes by the files' names and first bytes.</param>
/// <param name="Label">The column or columns with role label; null takes a column named <c>label</c>, <c>labels</c>, <c>target</c>, <c>class</c> or <c>y</c>, if there is one.</param>
/// <param name="Features">The columns with role feature; null takes all that have no other role.</param>
/// <param name="Weight">The column that says what a row counts.</param>
/// <param name="Id">The column that names the row.</param>
/// <param name="Time">The column that says when it was.</param>
/// <param name="Ignore">Columns that are kept for jobs that name them.</param>
/// <param name="SplitFiles">Files, or folders inside an archive, by split; patterns with <c>*</c>. Null takes <c>train</c>, <c>validation</c>, <c>val</c> and <c>test</c> at the start of a path, and everything else as <c>train</c>.</param>
/// <param name="Types">Dtypes by column, where they are not to be inferred.</param>
/// <param name="ClassNames">The classes, in order; null sorts what is found.</param>
/// <param name="MaxRows">Rows per split that are read at most.</param>
/// <param name="Delimiter">Of separated values; null finds it out.</param>
/// <param name="Header">Whether the first line has the columns' names; null finds it out.</param>
/// <param name="Quote">The quote of separated values. Default: <c>"</c>.</param>
/// <param name="MissingValues">Texts that stand for no value. Default: the empty text, NA, N/A, NaN, nan, null, NULL, None.</param>
/// <param name="ImageSize">Height and width that every picture is resized to; null keeps them as they are, which needs a <c>Resizing</c> in the job's pipeline when they differ.</param>
/// <param name="ColorMode">Null takes the first picture's.</param>
/// <param name="CropToAspectRatio">Whether pictures are cut to the new shape instead of distorted. Default: false.</param>
public sealed record IngestOptions(
    DatasetFormat? Format = null,
    [MaxLength(10_000)] ColumnNames? Label = null,
    [MaxLength(10_000)] ColumnNames? Features = null,
    [StringLength(1_000, MinimumLength = 1)] string? Weight = null,
    [StringLength(1_000, MinimumLength = 1)] string? Id = null,
    [StringLength(1_000, MinimumLength = 1)] string? Time = null,
    [MaxLength(10_000)] ColumnNames? Ignore = null,
    [MaxLength(100)] IReadOnlyDictionary<string, IReadOnlyList<string>>? SplitFiles = null,
    [MaxLength(10_000)] IReadOnlyDictionary<string, string>? Types = null,
    [MaxLength(1_000_000)][EachLength(1, 1_000)] IReadOnlyList<string>? ClassNames = null,
    [Range(1, 1L << 40)] long? MaxRows = null,
    [StringLength(1, MinimumLength = 1)] string? Delimiter = null,
    bool? Header = null,
    [StringLength(1, MinimumLength = 1)] string? Quote = null,
    [MaxLength(100)][EachLength(0, 100)] IReadOnlyList<string>? MissingValues = null,
    [MaxLength(2)][MinLength(2)] Shape? ImageSize = null,
    ColorMode? ColorMode = null,
    bool CropToAspectRatio = false);
