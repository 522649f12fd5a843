using System.Collections;

namespace TrainingService.Contracts.Layers;

/// <summary>Numbers as Keras's JSON writes an array: one number, or lists of equal lengths within each other.</summary>
/// <param name="dims">Sizes from the outermost list; none for one number.</param>
/// <param name="values">All numbers in row-major order.</param>
public sealed class NumberArray(IReadOnlyList<long> dims, IReadOnlyList<double> values) : IReadOnlyList<double>, IEquatable<NumberArray>
{
    /// <summary>One number.</summary>
    public NumberArray(double value) : this([], [value])
    {
    }

    /// <summary>A list of numbers.</summary>
    public NumberArray(params IReadOnlyList<double> values) : this([values.Count], values)
    {
    }

    /// <summary>One number.</summary>
    public static implicit operator NumberArray(double value) => new(value);

    /// <summary>Sizes from the outermost list; none for one number.</summary>
    public IReadOnlyList<long> Dims { get; } = dims;

    /// <summary>All numbers in row-major order.</summary>
    public IReadOnlyList<double> Values { get; } = values;

    /// <summary>How many lists are within each other.</summary>
    public int Rank => Dims.Count;

    /// <inheritdoc />
    public int Count => Values.Count;

    /// <inheritdoc />
    public double this[int index] => Values[index];

    /// <inheritdoc />
    public IEnumerator<double> GetEnumerator() => Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc />
    public bool Equals(NumberArray? other) => other is not null && Dims.SequenceEqual(other.Dims) && Values.SequenceEqual(other.Values);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as NumberArray);

    /// <inheritdoc />
    public override int GetHashCode() => Values.Aggregate(Rank, HashCode.Combine);

    /// <inheritdoc />
    public override string ToString() => Rank == 0 ? $"{Values[0]}" : $"an array of shape ({string.Join(", ", Dims)})";
}
