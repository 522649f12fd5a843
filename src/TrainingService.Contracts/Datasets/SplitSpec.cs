using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Datasets;

/// <summary>How rows are divided.</summary>
public enum SplitMethod
{
    /// <summary>By chance, under the seed.</summary>
    Random,

    /// <summary>By chance within each class, so that all sets have the classes in the same proportions.</summary>
    Stratified,

    /// <summary>By the hash of a column's value: rows of the same value stay together, and a row stays where it is when others come.</summary>
    Hash,

    /// <summary>The latest rows by a column: first those to learn from, then those to watch, then those of the test.</summary>
    Time,

    /// <summary>Into so many parts by chance, one of which is watched.</summary>
    KFold,
}

/// <summary>One of the sets that rows are divided into.</summary>
public enum Subset
{
    /// <summary>Rows to learn from.</summary>
    Train,

    /// <summary>Rows to watch after every epoch.</summary>
    Validation,

    /// <summary>Rows for the evaluation at the end.</summary>
    Test,
}

/// <summary>
/// Divides the rows of <c>data.train</c>, as they are stored and before any step of its pipeline, into rows to learn from, to watch and to test.
/// The same seed divides the same rows in the same way, in every epoch and after every resumption.
/// </summary>
/// <param name="Method">How. Default: random.</param>
/// <param name="Validation">Part of the rows to watch, from 0 up to less than 1; of <c>k_fold</c> it is one part in <paramref name="Folds"/>. Default: 0.2.</param>
/// <param name="Test">Part of the rows for the evaluation at the end; of <c>k_fold</c> it is set aside before the rest is divided. Default: 0.</param>
/// <param name="Column">The column that the method goes by: the label of <c>stratified</c>, by default the one with role label; for <c>hash</c> the one with role id, for <c>time</c> the one with role time.</param>
/// <param name="Folds">Parts of <c>k_fold</c>. Default: 5.</param>
/// <param name="Fold">Which of them is watched, from 1. Default: 1.</param>
/// <param name="Seed">Null takes the job's.</param>
public sealed record SplitSpec(
    SplitMethod Method = SplitMethod.Random,
    [OmittedWhenNull][Range(0.0, 0.999999999)] double? Validation = null,
    [Range(0.0, 0.999999999)] double Test = 0.0,
    [OmittedWhenNull][StringLength(1_000, MinimumLength = 1)] string? Column = null,
    [OmittedWhenNull][Range(2, 1_000)] int? Folds = null,
    [OmittedWhenNull][Range(1, 1_000)] int? Fold = null,
    [OmittedWhenNull] long? Seed = null)
{
    private const double DefaultValidation = 0.2;
    private const int DefaultFolds = 5;

    /// <summary>Parts of <c>k_fold</c>, when nothing else is said.</summary>
    public int FoldCount() => Folds ?? DefaultFolds;

    /// <summary>Which fold is watched, from 1.</summary>
    public int WatchedFold() => Fold ?? 1;

    /// <summary>
    /// How many of so many rows each set gets: exactly so with <c>random</c>, <c>time</c> and <c>k_fold</c>, about so with the others, which
    /// divide each class, or go by hashes.
    /// </summary>
    /// <param name="rows">Rows in all.</param>
    public (long Train, long Validation, long Test) Sizes(long rows)
    {
        var test = (long)Math.Round(rows * Test, MidpointRounding.AwayFromZero);
        var rest = rows - test;
        // As scikit-learn: the first folds have a row more where they cannot be alike.
        var validation = Method == SplitMethod.KFold
            ? (rest / FoldCount()) + (WatchedFold() <= rest % FoldCount() ? 1 : 0)
            : Math.Min(rest, (long)Math.Round(rows * ValidationPart(), MidpointRounding.AwayFromZero));
        return (rest - validation, validation, test);
    }

    /// <summary>Part of the rows that is watched, when nothing else is said.</summary>
    public double ValidationPart() => Validation ?? DefaultValidation;
}
