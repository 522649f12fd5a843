using System.Collections;
using System.Runtime.CompilerServices;

namespace TrainingService.Contracts.Shapes;

/// <summary>One axis or several: on the wire a number or a list of them. A negative axis counts from the last.</summary>
[CollectionBuilder(typeof(Axes), nameof(Create))]
public sealed class Axes : IReadOnlyList<int>, IEquatable<Axes>
{
    private readonly int[] _axes;

    /// <summary>These axes.</summary>
    public Axes(params IEnumerable<int> axes) => _axes = [.. axes];

    /// <summary>These axes.</summary>
    public static Axes Create(ReadOnlySpan<int> axes) => new(axes.ToArray());

    /// <inheritdoc />
    public int Count => _axes.Length;

    /// <inheritdoc />
    public int this[int index] => _axes[index];

    /// <summary>The axes of a shape that these are, counted from the first, in ascending order.</summary>
    /// <param name="shape">The shape whose axes are named.</param>
    /// <param name="field">The field that names them, for the complaint.</param>
    /// <exception cref="SpecException">The shape has no such axis, or one is named twice.</exception>
    public IReadOnlyList<int> Of(Shape shape, string field = "axis")
    {
        var axes = _axes.Select(axis => shape.Axis(axis, field)).Order().ToList();
        return axes.Distinct().Count() == axes.Count
            ? axes
            : throw new SpecException($"expected each axis of {shape} once. Received: {this}.", field);
    }

    /// <inheritdoc />
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)_axes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc />
    public bool Equals(Axes? other) => other is not null && _axes.AsSpan().SequenceEqual(other._axes);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as Axes);

    /// <inheritdoc />
    public override int GetHashCode() => _axes.Aggregate(17, HashCode.Combine);

    /// <inheritdoc />
    public override string ToString() => Count == 1 ? _axes[0].ToString() : $"[{string.Join(", ", _axes)}]";
}
