using System.Text;

namespace TrainingService.Engine.Datasets.Columns;

/// <summary>Numbers the classes of a column: given ones in their order, found ones as they come, to be sorted at the end.</summary>
/// <param name="given">The classes; empty collects what comes.</param>
internal sealed class ClassNumbers(IReadOnlyList<string> given)
{
    /// <summary>Classes that are collected.</summary>
    public const int Most = 65_536;

    private const int LongestName = 1_000;

    private readonly Dictionary<byte[], int> _numbers = Numbered(given);

    /// <summary>Whether what comes makes the classes.</summary>
    public bool Collects => given.Count == 0;

    /// <summary>The names by final number.</summary>
    public IReadOnlyList<string> Names => Collects ? [.. Sorted().Select(name => Encoding.UTF8.GetString(name.Key))] : given;

    /// <summary>The number of a class; for collected ones the preliminary one.</summary>
    /// <exception cref="FormatException">No such class, or too many.</exception>
    public int Of(ReadOnlySpan<byte> name)
    {
        var numbers = _numbers.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (numbers.TryGetValue(name, out var number))
            return number;
        if (!Collects)
            throw new FormatException($"expected one of the {given.Count} classes {Some()}. Received: {Shown(name)}.");
        if (name.IsEmpty)
            throw new FormatException("expected a class. Received: no value.");
        if (_numbers.Count == Most || name.Length > LongestName)
            throw new FormatException($"expected at most {Most} classes with names of at most {LongestName} bytes (a label of free text is kept with the option types: \"string\"). Received: {Shown(name)}.");
        numbers[name] = _numbers.Count;
        return _numbers.Count - 1;
    }

    /// <summary>Final numbers by preliminary ones: the classes are sorted as Python sorts texts.</summary>
    public int[] Order()
    {
        var order = new int[_numbers.Count];
        foreach (var (final, name) in Sorted().Index())
            order[name.Value] = final;
        return order;
    }

    private IEnumerable<KeyValuePair<byte[], int>> Sorted() =>
        _numbers.OrderBy(name => name.Key, Comparer<byte[]>.Create((x, y) => x.AsSpan().SequenceCompareTo(y)));

    private string Some() => string.Join(", ", given.Take(5).Select(name => $"\"{name}\"")) + (given.Count > 5 ? ", …" : "");

    private static string Shown(ReadOnlySpan<byte> name) => $"\"{Encoding.UTF8.GetString(name[..Math.Min(name.Length, 100)])}{(name.Length > 100 ? "…" : "")}\"";

    private static Dictionary<byte[], int> Numbered(IReadOnlyList<string> names)
    {
        var numbers = new Dictionary<byte[], int>(BytesComparer.Instance);
        foreach (var (number, name) in names.Index())
            numbers.Add(Encoding.UTF8.GetBytes(name), number);
        return numbers;
    }
}
