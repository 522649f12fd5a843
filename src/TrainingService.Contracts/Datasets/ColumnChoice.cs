using System.Text.Json;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;

namespace TrainingService.Contracts.Datasets;

/// <summary>
/// Which columns make the tensors of the rows' features or labels: a column, a list of columns of numbers, which stand side by side in one float32
/// vector in that order, or an object with such a choice for each input (or output) of the model by its name.
/// </summary>
public sealed class ColumnChoice : IWireForm, IEquatable<ColumnChoice>
{
    internal const string Form = "a column's name, a list of names, or an object of these by the names of the model's inputs or outputs";

    private const int MostNames = 1_000;

    /// <summary>One tensor.</summary>
    public ColumnChoice(ColumnNames columns) => Columns = columns;

    /// <summary>A tensor for each name.</summary>
    public ColumnChoice(IReadOnlyList<KeyValuePair<string, ColumnNames>> byName) => ByName = byName;

    /// <summary>The columns of the only tensor; null where there is one for each name.</summary>
    public ColumnNames? Columns { get; }

    /// <summary>The columns of each tensor in the order of the document; null where there is only one.</summary>
    public IReadOnlyList<KeyValuePair<string, ColumnNames>>? ByName { get; }

    /// <summary>Every column that is named.</summary>
    public IEnumerable<string> All => Columns ?? ByName!.SelectMany(choice => choice.Value);

    /// <summary>One tensor of one column.</summary>
    public static implicit operator ColumnChoice(string column) => new(new ColumnNames(column));

    /// <summary>One tensor of several columns.</summary>
    public static implicit operator ColumnChoice(string[] columns) => new(new ColumnNames(columns));

    /// <inheritdoc />
    public bool Equals(ColumnChoice? other) =>
        other is not null && Equals(Columns, other.Columns) && (ByName is null) == (other.ByName is null) && (ByName is null || ByName.SequenceEqual(other.ByName!));

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as ColumnChoice);

    /// <inheritdoc />
    public override int GetHashCode() => All.Aggregate(17, HashCode.Combine);

    internal static object? Read(JsonElement json, ValueRules rules, string pointer, ReadContext context)
    {
        if (json.ValueKind is JsonValueKind.String or JsonValueKind.Array)
            return ColumnNames.Read(json, rules, pointer, context) is ColumnNames columns ? new ColumnChoice(columns) : null;
        if (json.ValueKind != JsonValueKind.Object)
        {
            context.Add(pointer, ViolationCodes.WrongType, $"expected {Form}. Received: {Received.Text(json)}.");
            return null;
        }
        var members = json.EnumerateObject().DistinctBy(member => member.Name).ToList();
        if (members.Count is 0 or > MostNames)
        {
            context.Add(pointer, members.Count == 0 ? ViolationCodes.TooFew : ViolationCodes.TooMany, $"expected 1 to {MostNames} names. Received: {members.Count}.");
            return null;
        }
        var choices = members.Select(member => (member.Name, Columns: ColumnNames.Read(member.Value, rules, Pointers.Child(pointer, member.Name), context) as ColumnNames)).ToList();
        return choices.Exists(choice => choice.Columns is null) ? null : new ColumnChoice([.. choices.Select(choice => KeyValuePair.Create(choice.Name, choice.Columns!))]);
    }

    void IWireForm.Write(Utf8JsonWriter writer)
    {
        if (Columns is { } columns)
        {
            SpecWriter.Write(writer, columns);
            return;
        }
        writer.WriteStartObject();
        foreach (var (name, of) in ByName!)
        {
            writer.WritePropertyName(name);
            SpecWriter.Write(writer, of);
        }
        writer.WriteEndObject();
    }
}
