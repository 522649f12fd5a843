using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Datasets.Columns;

namespace TrainingService.Engine.Datasets.Formats.Tables;

/// <summary>The columns of a table of texts: their types from the options, or from the values that were seen; their roles from the options, or from their names.</summary>
internal sealed class TablePlan
{
    public TablePlan(IngestOptions options, IReadOnlyList<ColumnGuess> guesses, string file, IReadOnlyDictionary<string, ColumnInfo>? known = null)
    {
        var roles = ColumnRoles.Assign([.. guesses.Select(guess => new ColumnInfo(guess.Name, ColumnRole.Feature, ColumnInfo.TextDtype, new Shape()))], options, file);
        var plans = guesses.Select((guess, number) => known?.GetValueOrDefault(guess.Name) is { } list ? (Column: list, Kind: null) : Plan(options, guess, roles[number].Role == ColumnRole.Label)).ToList();
        Columns = ColumnRoles.Assign([.. plans.Select(plan => plan.Column)], options, file);
        Kinds = [.. plans.Select(plan => plan.Kind)];
    }

    /// <summary>In order.</summary>
    public IReadOnlyList<ColumnInfo> Columns { get; }

    /// <summary>What the values showed; null where the options give the type.</summary>
    public IReadOnlyList<ValueKind?> Kinds { get; }

    private static (ColumnInfo Column, ValueKind? Kind) Plan(IngestOptions options, ColumnGuess guess, bool isLabel)
    {
        var column = new ColumnInfo(guess.Name, ColumnRole.Feature, ColumnInfo.TextDtype, new Shape());
        if (options.Types?.GetValueOrDefault(guess.Name) is { } given)
        {
            return ElementTypes.Names.Contains(given)
                ? (column with { Dtype = given }, null)
                : throw new IngestException(DatasetErrorCodes.BadOption, $"types: expected one of {string.Join(", ", ElementTypes.Names)}. Received: \"{given}\".", null, column: guess.Name);
        }
        var classes = isLabel ? options.ClassNames : null;
        var kind = classes is null ? guess.Decide() : ValueKind.Text;
        return kind switch
        {
            ValueKind.Bool => (column with { Dtype = "bool" }, kind),
            ValueKind.Int => (column with { Dtype = "int64" }, kind),
            ValueKind.Float => (column with { Dtype = "float32" }, kind),
            ValueKind.Double => (column with { Dtype = "float64" }, kind),
            ValueKind.Time => (column with { Dtype = "int64", Role = ColumnRole.Time }, kind),
            _ when isLabel => (column with { Dtype = "int32", Classes = classes ?? [] }, kind),
            _ => (column, kind),
        };
    }
}
