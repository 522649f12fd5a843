using System.Collections;

namespace TrainingService.Contracts.Shapes;

/// <summary>A tensor's shape as Keras writes it: the batch axis first, an unknown size as <c>null</c>.</summary>
public sealed class Shape : IReadOnlyList<long?>, IEquatable<Shape>
{
    private readonly long?[] _dims;

    /// <summary>A shape with these sizes.</summary>
    /// <param name="dims">Sizes from the outermost axis; <c>null</c> is unknown.</param>
    public Shape(params IEnumerable<long?> dims) => _dims = [.. dims];

    /// <summary>Number of axes, the batch axis included.</summary>
    public int Rank => _dims.Length;

    /// <summary>Size of an axis; a negative axis counts from the last.</summary>
    public long? this[int axis] => _dims[axis < 0 ? axis + Rank : axis];

    int IReadOnlyCollection<long?>.Count => Rank;

    /// <summary>Product of all sizes but the batch's, or <c>null</c> when one of them is unknown.</summary>
    public Int128? ElementsPerSample => Product(_dims.Skip(1));

    /// <summary>Product of all sizes, or <c>null</c> when one of them is unknown.</summary>
    public Int128? Elements => Product(_dims);

    /// <summary>The same shape with another size on the last axis.</summary>
    public Shape WithLast(long? size) => With(Rank - 1, size);

    /// <summary>The same shape with another size on one axis; a negative axis counts from the last.</summary>
    public Shape With(int axis, long? size)
    {
        var dims = (long?[])_dims.Clone();
        dims[axis < 0 ? axis + Rank : axis] = size;
        return new Shape(dims);
    }

    /// <summary>An axis counted from the first; a negative one counts from the last.</summary>
    /// <param name="axis">Which axis.</param>
    /// <param name="field">The field that names it, for the complaint.</param>
    /// <exception cref="SpecException">There is no such axis.</exception>
    public int Axis(int axis, string field = "axis") =>
        axis >= -Rank && axis < Rank
            ? (axis + Rank) % Rank
            : throw new SpecException($"expected an axis of {this}. Received: {axis}.", field);

    /// <summary>Whether every known size agrees with the other shape's.</summary>
    public bool IsCompatibleWith(Shape other) =>
        Rank == other.Rank && _dims.Zip(other._dims).All(pair => pair.First is null || pair.Second is null || pair.First == pair.Second);

    /// <inheritdoc />
    public IEnumerator<long?> GetEnumerator() => ((IEnumerable<long?>)_dims).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc />
    public bool Equals(Shape? other) => other is not null && _dims.AsSpan().SequenceEqual(other._dims);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc />
    public override int GetHashCode() => _dims.Aggregate(17, HashCode.Combine);

    /// <summary>As Python prints a tuple: <c>(None, 28, 28, 1)</c>.</summary>
    public override string ToString() =>
        Rank == 1 ? $"({Text(_dims[0])},)" : $"({string.Join(", ", _dims.Select(Text))})";

    private static string Text(long? dim) => dim?.ToString() ?? "None";

    private static Int128? Product(IEnumerable<long?> dims)
    {
        Int128 product = 1;
        foreach (var dim in dims)
        {
            if (dim is not { } size)
                return null;
            // Saturates: a product past 2^100 is "too large" for every rule that asks.
            product = product > (Int128.One << 60) && size > 1 ? Int128.One << 100 : product * size;
        }
        return product;
    }
}
