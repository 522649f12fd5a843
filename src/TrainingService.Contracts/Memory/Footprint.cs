using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Memory;

/// <summary>Bytes per row of a batch that a layer's calls take.</summary>
/// <param name="Kept">Tensors that live until the training step ends: the backward pass needs them, or the step's scope holds them.</param>
/// <param name="Passing">The most that lives for a moment only: gradients on their way back, and what an operation works in.</param>
public readonly record struct Footprint(Int128 Kept, Int128 Passing)
{
    /// <summary>One after the other: what is kept adds up, of what passes the larger one counts.</summary>
    public static Footprint operator +(Footprint first, Footprint second) =>
        new(first.Kept + second.Kept, Int128.Max(first.Passing, second.Passing));

    /// <summary>The same so many times at once, as for the steps of a sequence that become rows.</summary>
    public static Footprint operator *(Footprint each, Int128 times) => new(each.Kept * times, each.Passing * times);

    // 2^80 is past every limit; sums and products of such stay far from the end of Int128.
    private static readonly Int128 Most = Int128.One << 80;

    /// <summary>The same, cut where it is larger than any machine.</summary>
    internal Footprint Cut() => new(Int128.Min(Kept, Most), Int128.Min(Passing, Most));

    /// <summary>Elements per row; those that depend on an unknown size count as none.</summary>
    internal static Int128 Elements(IEnumerable<Shape> shapes) => shapes.Aggregate(Int128.Zero, (sum, shape) => sum + Elements(shape));

    /// <inheritdoc cref="Elements(IEnumerable{Shape})" />
    internal static Int128 Elements(Shape shape) => Int128.Min(shape.ElementsPerSample ?? 0, Int128.One << 60);
}
