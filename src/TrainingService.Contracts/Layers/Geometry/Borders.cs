using System.Collections;
using System.Runtime.CompilerServices;

namespace TrainingService.Contracts.Layers;

/// <summary>What is added or cut at the two ends of one axis.</summary>
/// <param name="Before">At its beginning.</param>
/// <param name="After">At its end.</param>
public readonly record struct Border(int Before, int After)
{
    /// <inheritdoc />
    public override string ToString() => $"({Before}, {After})";
}

/// <summary>
/// The two ends of every spatial axis. On the wire a list of pairs; one number stands for all ends and, with several axes, a number in the
/// list for both ends of its axis. With one axis the pair itself, <c>[1, 2]</c>.
/// </summary>
[CollectionBuilder(typeof(Borders), nameof(Create))]
public sealed class Borders : IReadOnlyList<Border>, IEquatable<Borders>
{
    private readonly Border[] _borders;

    /// <summary>These borders, from the outermost axis.</summary>
    public Borders(params IEnumerable<Border> borders) => _borders = [.. borders];

    /// <summary>These borders, from the outermost axis.</summary>
    public static Borders Create(ReadOnlySpan<Border> borders) => new(borders.ToArray());

    /// <summary>The same number at every end.</summary>
    public static Borders Same(int axes, int size) => new(Enumerable.Repeat(new Border(size, size), axes));

    /// <inheritdoc />
    public int Count => _borders.Length;

    /// <inheritdoc />
    public Border this[int axis] => _borders[axis];

    /// <inheritdoc />
    public IEnumerator<Border> GetEnumerator() => ((IEnumerable<Border>)_borders).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc />
    public bool Equals(Borders? other) => other is not null && _borders.AsSpan().SequenceEqual(other._borders);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as Borders);

    /// <inheritdoc />
    public override int GetHashCode() => _borders.Aggregate(17, HashCode.Combine);

    /// <inheritdoc />
    public override string ToString() => $"({string.Join(", ", _borders)})";
}
