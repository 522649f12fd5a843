using System.Collections.Frozen;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats.Tables;

/// <summary>The texts that stand for no value.</summary>
internal sealed class MissingValues
{
    private static readonly string[] Default = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"];

    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _texts;
    private readonly int _longest;

    public MissingValues(IngestOptions options)
    {
        var texts = (options.MissingValues ?? Default).ToFrozenSet(StringComparer.Ordinal);
        _texts = texts.GetAlternateLookup<ReadOnlySpan<char>>();
        _longest = texts.Select(text => text.Length).DefaultIfEmpty(-1).Max();
        HasNumbers = texts.Any(text => NumberText.TryDouble(text, out var value) && !double.IsNaN(value));
    }

    /// <summary>Whether one of them would be read as a number.</summary>
    public bool HasNumbers { get; }

    public bool Contains(ReadOnlySpan<char> text) => text.Length <= _longest && _texts.Contains(text);
}
