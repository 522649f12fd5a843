using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats.Tables;

/// <summary>Finds out what a column of texts holds, by looking at values.</summary>
/// <param name="name">Name of the column.</param>
internal sealed class ColumnGuess(string name)
{
    private const double MostlyNumbers = 0.9;
    private const int FewNumbers = 10;

    private readonly long[] _kinds = new long[Enum.GetValues<ValueKind>().Length];
    private bool _missing, _large;
    private (string File, long Row, string Value)? _firstOther;

    /// <summary>Name of the column.</summary>
    public string Name => name;

    public void AddMissing() => _missing = true;

    public void Add(ReadOnlySpan<char> value, string file, long row)
    {
        var kind = ValueKinds.Of(value);
        _kinds[(int)kind]++;
        _large |= kind == ValueKind.Double || (kind == ValueKind.Int && NumberText.TryLong(value, out var whole) && !ValueKinds.FitsFloat(whole));
        if (kind is not (ValueKind.Int or ValueKind.Float or ValueKind.Double))
            _firstOther ??= (file, row, Shown(value));
    }

    /// <summary>Adds what is a text by itself, even when it looks like a number.</summary>
    public void AddText(ReadOnlySpan<char> value, string file, long row)
    {
        _kinds[(int)(ValueKinds.TryTime(value, out _) ? ValueKind.Time : ValueKind.Text)]++;
        _firstOther ??= (file, row, Shown(value));
    }

    /// <summary>What the column holds.</summary>
    /// <exception cref="IngestException">Nearly all values are numbers, and one is not.</exception>
    public ValueKind Decide()
    {
        long numbers = Count(ValueKind.Int) + Count(ValueKind.Float) + Count(ValueKind.Double), all = _kinds.Sum();
        if (numbers == all)
            return _large && (_missing || Count(ValueKind.Int) < all) ? ValueKind.Double : _missing || Count(ValueKind.Int) < all || all == 0 ? ValueKind.Float : ValueKind.Int;
        if (Count(ValueKind.Bool) == all && !_missing)
            return ValueKind.Bool;
        if (Count(ValueKind.Time) == all)
            return ValueKind.Time;
        if (numbers >= FewNumbers && numbers >= MostlyNumbers * all && _firstOther is { } other)
            throw Mixed(other.File, other.Row, other.Value);
        return ValueKind.Text;
    }

    /// <summary>The complaint about a value that is no number among numbers.</summary>
    public IngestException Mixed(string file, long row, string value) => new(
        DatasetErrorCodes.BadValue, $"expected a number, as in nearly all other rows (what stands for no value is listed in missing_values; a column of texts is named in types as \"string\"). Received: {value}.", file, row, name);

    public static string Shown(ReadOnlySpan<char> value) => value.Length > 100 ? $"\"{value[..100]}…\"" : $"\"{value}\"";

    private long Count(ValueKind kind) => _kinds[(int)kind];
}
