using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Columns;

namespace TrainingService.Engine.Datasets.Formats.Tables;

/// <summary>Writes the texts of a column and says of each that does not fit where it is.</summary>
/// <param name="writer">Where they go.</param>
/// <param name="kind">What the values showed; null where the options give the type.</param>
/// <param name="options">Which texts stand for no value.</param>
/// <param name="missing">The texts that stand for no value.</param>
internal sealed class TableColumn(ColumnWriter writer, ValueKind? kind, IngestOptions options, MissingValues missing)
{
    private readonly TextColumn _values = TextColumn.Of(writer, kind);

    // Any text is a text; a number may stand for no value. A class may be called None.
    private readonly bool _missingFirst = writer switch
    {
        ClassColumnWriter => options.ClassNames is null && options.MissingValues is not null,
        VaryingColumnWriter => true,
        _ => missing.HasNumbers,
    };

    /// <summary>Writes a value.</summary>
    /// <exception cref="IngestException">It is none of the column's type.</exception>
    /// <exception cref="WiderColumnException">It is none of the type that the values before it showed.</exception>
    public void Add(ReadOnlySpan<char> text, string file, long row)
    {
        try
        {
            if (_missingFirst && missing.Contains(text.Trim()))
                AddMissing(text, file, row);
            else if (!_values.TryAdd(text))
                Resolve(text, file, row);
        }
        catch (FormatException wrong)
        {
            throw new IngestException(DatasetErrorCodes.BadValue, wrong.Message, file, row, writer.Info.Name, wrong);
        }
    }

    private void Resolve(ReadOnlySpan<char> text, string file, long row)
    {
        if (missing.Contains(text.Trim()))
            AddMissing(text, file, row);
        else if (text.Contains('\0'))
            throw new IngestException(DatasetErrorCodes.BadValue, "expected text. Received: a NUL character.", file, row, writer.Info.Name);
        else if (kind is null)
            throw new IngestException(DatasetErrorCodes.BadValue, $"expected {writer.Info.Dtype}. Received: {ColumnGuess.Shown(text)}.", file, row, writer.Info.Name);
        else if (kind is ValueKind.Float or ValueKind.Double or ValueKind.Int && ValueKinds.Of(text) is ValueKind.Text or ValueKind.Bool or ValueKind.Time)
            throw new ColumnGuess(writer.Info.Name).Mixed(file, row, ColumnGuess.Shown(text));
        else
            throw new WiderColumnException();
    }

    /// <summary>Writes that there is no value.</summary>
    public void AddMissing(ReadOnlySpan<char> text, string file, long row)
    {
        if (writer.Info.Role == ColumnRole.Label)
            throw new IngestException(DatasetErrorCodes.BadValue, $"expected a label in every row. Received: {(text.IsEmpty ? "no value" : ColumnGuess.Shown(text))}.", file, row, writer.Info.Name);
        if (_values.TryAddMissing())
            return;
        if (kind is not null)
            throw new WiderColumnException();
        _values.AddZero();
    }
}

/// <summary>A value does not fit the type that the values before it showed.</summary>
internal sealed class WiderColumnException : Exception;
