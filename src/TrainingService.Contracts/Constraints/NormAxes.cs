using System.Collections;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Constraints;

/// <summary>The axes over which a constraint takes a norm: on the wire one number, a list, or null for all of them. The default is axis 0.</summary>
public readonly struct NormAxes : IReadOnlyList<int>, IEquatable<NormAxes>
{
    private static readonly int[] First = [0];
    private readonly int[]? _axes;

    /// <summary>These axes; none means all.</summary>
    public NormAxes(params IEnumerable<int> axes) => _axes = [.. axes];

    private int[] Axes => _axes ?? First;

    /// <summary>Whether the norm is of the whole tensor.</summary>
    public bool All => Axes.Length == 0;

    /// <inheritdoc />
    public int Count => Axes.Length;

    /// <inheritdoc />
    public int this[int index] => Axes[index];

    /// <summary>Whether a weight of this shape has the axes.</summary>
    /// <exception cref="SpecException">It has not, or an axis is named twice.</exception>
    public void Check(Shape weight)
    {
        var axes = Axes;
        if (axes.Any(axis => axis < -weight.Rank || axis >= weight.Rank))
            throw new SpecException($"expected axes of a weight of shape {weight}. Received: {this}.", "axis");
        if (axes.Select(axis => axis < 0 ? axis + weight.Rank : axis).Distinct().Count() < axes.Length)
            throw new SpecException($"expected each axis once. Received: {this}.", "axis");
    }

    /// <inheritdoc />
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)Axes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc />
    public bool Equals(NormAxes other) => Axes.AsSpan().SequenceEqual(other.Axes);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is NormAxes other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => Axes.Aggregate(17, HashCode.Combine);

    /// <summary>Whether both name the same axes in the same order.</summary>
    public static bool operator ==(NormAxes left, NormAxes right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(NormAxes left, NormAxes right) => !left.Equals(right);

    /// <inheritdoc />
    public override string ToString() => Axes.Length == 1 ? Axes[0].ToString() : $"[{string.Join(", ", Axes)}]";
}
