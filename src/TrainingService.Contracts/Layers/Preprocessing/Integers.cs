namespace TrainingService.Contracts.Layers;

/// <summary>One whole number, or a list of them.</summary>
public sealed class Integers : IEquatable<Integers>
{
    /// <summary>One number.</summary>
    public Integers(long value) => (Values, IsList) = ([value], false);

    /// <summary>A list.</summary>
    public Integers(IReadOnlyList<long> values) => (Values, IsList) = (values, true);

    /// <summary>The number, or the numbers of the list.</summary>
    public IReadOnlyList<long> Values { get; }

    /// <summary>Whether it was written as a list.</summary>
    public bool IsList { get; }

    /// <inheritdoc />
    public bool Equals(Integers? other) => other is not null && IsList == other.IsList && Values.SequenceEqual(other.Values);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as Integers);

    /// <inheritdoc />
    public override int GetHashCode() => Values.Aggregate(IsList ? 1 : 0, HashCode.Combine);

    /// <inheritdoc />
    public override string ToString() => IsList ? $"({string.Join(", ", Values)})" : $"{Values[0]}";
}

/// <summary>Axes that keep their own statistics: one number or a list; null, as the empty list, means none. Not written at all it is the last axis.</summary>
public readonly struct KeptAxes : IEquatable<KeptAxes>
{
    private readonly int[]? _values;

    /// <summary>These axes; negative ones count from the last.</summary>
    public KeptAxes(params IEnumerable<int> values) => _values = [.. values];

    /// <summary>The axes; negative ones count from the last.</summary>
    public IReadOnlyList<int> Values => _values ?? [-1];

    /// <inheritdoc />
    public bool Equals(KeptAxes other) => Values.SequenceEqual(other.Values);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is KeptAxes other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => Values.Aggregate(0, HashCode.Combine);

    /// <summary>Whether the axes are the same.</summary>
    public static bool operator ==(KeptAxes left, KeptAxes right) => left.Equals(right);

    /// <summary>Whether the axes differ.</summary>
    public static bool operator !=(KeptAxes left, KeptAxes right) => !left.Equals(right);

    /// <inheritdoc />
    public override string ToString() => $"({string.Join(", ", Values)})";
}

/// <summary>A category: a text or a whole number.</summary>
/// <param name="Text">The text, or the number's digits.</param>
/// <param name="IsNumber">Whether it is a number.</param>
public sealed record Token(string Text, bool IsNumber);
