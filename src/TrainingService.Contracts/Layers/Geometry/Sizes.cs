using System.Collections;
using System.Runtime.CompilerServices;

namespace TrainingService.Contracts.Layers;

/// <summary>One number per spatial axis; on the wire a list, or one number for all axes.</summary>
[CollectionBuilder(typeof(Sizes), nameof(Create))]
public sealed class Sizes : IReadOnlyList<int>, IEquatable<Sizes>
{
    private readonly int[] _sizes;

    /// <summary>These numbers, from the outermost axis.</summary>
    public Sizes(params IEnumerable<int> sizes) => _sizes = [.. sizes];

    /// <summary>These numbers, from the outermost axis.</summary>
    public static Sizes Create(ReadOnlySpan<int> sizes) => new(sizes.ToArray());

    /// <summary>The same number for every axis.</summary>
    public static Sizes Same(int axes, int size) => new(Enumerable.Repeat(size, axes));

    /// <inheritdoc />
    public int Count => _sizes.Length;

    /// <inheritdoc />
    public int this[int axis] => _sizes[axis];

    /// <summary>As libtorch takes them.</summary>
    public long[] ToLongs() => [.. _sizes.Select(size => (long)size)];

    /// <inheritdoc />
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)_sizes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc />
    public bool Equals(Sizes? other) => other is not null && _sizes.AsSpan().SequenceEqual(other._sizes);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as Sizes);

    /// <inheritdoc />
    public override int GetHashCode() => _sizes.Aggregate(17, HashCode.Combine);

    /// <inheritdoc />
    public override string ToString() => Count == 1 ? $"({_sizes[0]},)" : $"({string.Join(", ", _sizes)})";
}
