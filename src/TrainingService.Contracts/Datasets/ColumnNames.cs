using System.Collections;
using System.Text.Json;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;

namespace TrainingService.Contracts.Datasets;

/// <summary>A column by its name, or a list of columns.</summary>
public sealed class ColumnNames : IWireForm, IReadOnlyList<string>, IEquatable<ColumnNames>
{
    internal const string Form = "a column's name or a list of names";

    private const int MostColumns = 10_000;
    private const int LongestName = 1_000;

    private readonly IReadOnlyList<string> _names;

    /// <summary>One column.</summary>
    public ColumnNames(string name) => (_names, IsList) = ([name], false);

    /// <summary>A list of columns.</summary>
    public ColumnNames(IReadOnlyList<string> names) => (_names, IsList) = (names, true);

    /// <summary>Whether it was written as a list.</summary>
    public bool IsList { get; }

    /// <inheritdoc />
    public int Count => _names.Count;

    /// <inheritdoc />
    public string this[int index] => _names[index];

    /// <summary>One column.</summary>
    public static implicit operator ColumnNames(string name) => new(name);

    /// <summary>A list of columns.</summary>
    public static implicit operator ColumnNames(string[] names) => new(names);

    /// <inheritdoc />
    public IEnumerator<string> GetEnumerator() => _names.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc />
    public bool Equals(ColumnNames? other) => other is not null && IsList == other.IsList && _names.SequenceEqual(other._names);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as ColumnNames);

    /// <inheritdoc />
    public override int GetHashCode() => _names.Aggregate(IsList ? 1 : 0, HashCode.Combine);

    /// <inheritdoc />
    public override string ToString() => string.Join(", ", _names);

    internal static object? Read(JsonElement json, ValueRules rules, string pointer, ReadContext context)
    {
        if (json.ValueKind == JsonValueKind.String)
            return ReadName(json, pointer, context) is { } name ? new ColumnNames(name) : null;
        if (json.ValueKind != JsonValueKind.Array)
        {
            context.Add(pointer, ViolationCodes.WrongType, $"expected {Form}. Received: {Received.Text(json)}.");
            return null;
        }
        if (json.GetArrayLength() is 0 or > MostColumns)
        {
            context.Add(pointer, json.GetArrayLength() == 0 ? ViolationCodes.TooFew : ViolationCodes.TooMany, $"expected 1 to {MostColumns} columns. Received: {json.GetArrayLength()}.");
            return null;
        }
        var names = json.EnumerateArray().Select((item, index) => ReadName(item, Pointers.Child(pointer, index), context)).ToList();
        if (names.Contains(null))
            return null;
        if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            context.Add(pointer, ViolationCodes.DuplicateName, $"expected each column once. Received: \"{twice.Key}\" again.");
            return null;
        }
        return new ColumnNames([.. names.OfType<string>()]);
    }

    private static string? ReadName(JsonElement json, string pointer, ReadContext context)
    {
        if (json.ValueKind == JsonValueKind.String && json.GetString() is { Length: > 0 and <= LongestName } name)
            return name;
        context.Add(pointer, ViolationCodes.WrongType, $"expected a column's name, 1 to {LongestName} characters. Received: {Received.Text(json)}.");
        return null;
    }

    void IWireForm.Write(Utf8JsonWriter writer)
    {
        if (!IsList)
        {
            writer.WriteStringValue(_names[0]);
            return;
        }
        writer.WriteStartArray();
        foreach (var name in _names)
            writer.WriteStringValue(name);
        writer.WriteEndArray();
    }
}
