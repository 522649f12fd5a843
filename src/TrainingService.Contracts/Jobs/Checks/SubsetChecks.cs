using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>Checks <c>data.split</c>, and says which rows each set then has.</summary>
internal sealed class SubsetChecks(ReadContext context, DataSpec data, FitSpec fit)
{
    /// <summary>Whether the sets, and what divides them, do not contradict each other.</summary>
    public bool AreSound()
    {
        var before = context.Count;
        foreach (var (source, own, name) in new[] { (data.Train, Subset.Train, "train"), (data.Validation, Subset.Validation, "validation"), (data.Test, Subset.Test, "test") })
        {
            if (source is not null && context.IsSound(source))
                CheckSet(source, own, name);
        }
        if (data.Split is { } split && context.IsSound(split))
            CheckFields(split);
        return context.Count == before;
    }

    /// <summary>How many of the stored rows a set has; null for all.</summary>
    public Func<long, long>? Rows(Subset subset) => data.Split is not { } split ? null : rows => subset switch
    {
        Subset.Train => split.Sizes(rows).Train,
        Subset.Validation => split.Sizes(rows).Validation,
        _ => split.Sizes(rows).Test,
    };

    /// <summary>The rows of a set, and where they stand in the document; null when there is no such set.</summary>
    /// <param name="subset">Validation or test.</param>
    /// <param name="train">The training rows, or null when they could not be checked.</param>
    public (DataSource Source, DataSource Origin, Subset? Subset)? Source(Subset subset, CheckedSource? train)
    {
        var own = subset == Subset.Validation ? data.Validation : data.Test;
        if (data.Split is null)
            return own is null ? null : (own, own, null);
        if (train is null || (own is null && Rows(subset)!(train.Stored) == 0))
            return null;
        return (train.Source with { Pipeline = own?.Pipeline, Subset = subset }, own ?? data.Train, subset);
    }

    /// <returns>The split with its defaults, or null after a violation.</returns>
    public SplitSpec? Resolve(CheckedSource train)
    {
        var split = data.Split!;
        var columns = train.Info.AllColumns();
        var (role, needed) = split.Method switch
        {
            SplitMethod.Stratified => (ColumnRole.Label, true),
            SplitMethod.Hash => (ColumnRole.Id, true),
            SplitMethod.Time => (ColumnRole.Time, true),
            _ => (ColumnRole.Ignored, false),
        };
        if (!needed)
            return Sizes(split, train) ? split : null;
        var names = columns.Select(column => column.Name).ToList();
        var pointer = context.Field(split, "column");
        var column = split.Column is { } named ? columns.FirstOrDefault(each => each.Name == named)
            : split.Method == SplitMethod.Stratified && train.Source.Labels?.All.ToList() is [var label] ? columns.First(each => each.Name == label)
            : columns.Where(each => each.Role == role).ToList() is [var only] ? only : null;
        if (column is null)
        {
            var received = split.Column is null ? $"none, and no single one with the role {EnumWords.Of(typeof(ColumnRole)).Word(role)}" : $"\"{split.Column}\"";
            context.Add(pointer, split.Column is null ? ViolationCodes.Required : ViolationCodes.UnknownValue, $"expected a column: one of {Received.Words(names)}. Received: {received}.", split.Column is null ? null : NearMiss.Hint(split.Column, names));
            return null;
        }
        if (!column.IsScalarNumber() && column.Dtype != ColumnInfo.TextDtype)
        {
            context.Add(pointer, ViolationCodes.ShapeConflict, $"expected a column of one number or text per row. Received: {column.Name} {column.Dtype} {column.RowShape}.");
            return null;
        }
        return Sizes(split, train) ? split with { Column = column.Name } : null;
    }

    private void CheckSet(DataSource source, Subset own, string name)
    {
        if (data.Split is null)
        {
            if (source.Subset is not null)
                context.Add(context.Field(source, "subset"), ViolationCodes.Conflict, "expected data.split with it, which divides the rows. Received: none.");
            return;
        }
        var word = EnumWords.Of(typeof(Subset)).Word(own);
        if (source.Subset is null && own != Subset.Train)
            context.Add(context.At(source), ViolationCodes.Conflict, $"expected no data.{name}, which data.split makes, or \"subset\": \"{word}\" in it. Received: rows of its own.");
        else if (source.Subset is { } other && other != own)
            context.Add(context.Field(source, "subset"), ViolationCodes.Conflict, $"expected \"{word}\". Received: \"{EnumWords.Of(typeof(Subset)).Word(other)}\".");
        else if (own != Subset.Train && source.Parts() is { Count: > 0 } parts && !parts.SequenceEqual(data.Train.Parts()))
            context.Add(context.At(source), ViolationCodes.Conflict, $"expected no data set, since its rows are those of data.train. Received: {Received.Words(parts.Select(part => part.Dataset))}.");
    }

    private void CheckFields(SplitSpec split)
    {
        if (fit.ValidationSplit > 0 && context.Knows(fit))
            context.Add(context.Field(fit, "validation_split"), ViolationCodes.Conflict, "expected nothing, since data.split makes the validation rows. Received: both.");
        var folded = split.Method == SplitMethod.KFold;
        Refuse("validation", folded && split.Validation is not null, "folds instead: of k_fold one part in folds is watched");
        Refuse("folds", !folded && split.Folds is not null, "the method k_fold with it");
        Refuse("fold", !folded && split.Fold is not null, "the method k_fold with it");
        Refuse("fold", folded && split.WatchedFold() > split.FoldCount(), $"1 to {split.FoldCount()}, as folds says");
        Refuse("column", split.Column is not null && (split.Method is SplitMethod.Random or SplitMethod.KFold), "the method stratified, hash or time with it");
        Refuse("seed", split.Seed is not null && split.Method == SplitMethod.Time, "no seed: nothing is drawn");
        Refuse("test", !folded && split.ValidationPart() + split.Test >= 1, "validation and test to be less than 1 together");

        void Refuse(string field, bool broken, string expected)
        {
            if (broken)
                context.Add(context.Field(split, field), ViolationCodes.Conflict, $"expected {expected}.");
        }
    }

    private bool Sizes(SplitSpec split, CheckedSource train)
    {
        var (first, validation, test) = split.Sizes(train.Stored);
        if (first > 0 && (validation > 0 || split is { Method: not SplitMethod.KFold, Validation: 0 }) && (test > 0 || split.Test == 0))
            return true;
        context.Add(context.At(split), ViolationCodes.NoRows, $"expected parts that leave rows in each set. Received: {first} to train on, {validation} to watch and {test} to test of {train.Stored} rows.");
        return false;
    }
}
