using System.Text.Json;
using TrainingService.Contracts.Datasets;

namespace TrainingService.Engine.Datasets.Formats.Tables;

/// <summary>Finds out what the values of a member are.</summary>
internal sealed class JsonColumnGuess(string name)
{
    private long _lists, _others;
    private int? _length;
    private bool _differ, _fractions;

    /// <summary>Of values that are no lists.</summary>
    public ColumnGuess Values { get; } = new(name);

    /// <summary>How often it was there.</summary>
    public long Seen => _lists + _others;

    /// <summary>Whether it is lists of numbers.</summary>
    public bool IsList => _lists > 0;

    /// <summary>Length of all lists; null where they differ.</summary>
    public int? Length => _differ ? null : _length;

    /// <summary>Type of the numbers in lists.</summary>
    public string ListDtype => _fractions ? "float32" : "int64";

    public void Add(JsonElement value, string file, long row)
    {
        if (value.ValueKind == JsonValueKind.Array)
            AddList(value);
        else
        {
            _others++;
            AddValue(value, file, row);
        }
        if (_lists > 0 && _others > 0)
            throw new IngestException(DatasetErrorCodes.BadValue, "expected lists in all rows, or in none. Received: both.", file, row, name);
    }

    private void AddList(JsonElement list)
    {
        _lists++;
        var length = list.GetArrayLength();
        _differ |= _length is { } other && other != length;
        _length = length;
        _fractions |= list.EnumerateArray().Any(value => value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out _));
    }

    private void AddValue(JsonElement value, string file, long row)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                Values.AddMissing();
                break;
            case JsonValueKind.String:
                Values.AddText(value.GetString(), file, row);
                break;
            default:
                Values.Add(value.GetRawText(), file, row);
                break;
        }
    }
}
