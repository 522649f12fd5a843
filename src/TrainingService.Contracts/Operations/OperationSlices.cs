using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Operations;

/// <summary>One part of an index such as <c>x[:, 0, None, ..., ::2]</c>, the ellipsis resolved.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Start">First row, or the one row.</param>
/// <param name="Stop">First row that is left out; null for the end.</param>
/// <param name="Step">Every so many.</param>
public readonly record struct IndexPart(IndexKind Kind, long? Start = null, long? Stop = null, long Step = 1);

/// <summary>What a part of an index does.</summary>
public enum IndexKind
{
    /// <summary>Takes one row and drops the axis.</summary>
    Row,

    /// <summary>Takes rows of an axis.</summary>
    Slice,

    /// <summary>Adds an axis of size 1.</summary>
    NewAxis,
}

/// <summary>Python's indexing.</summary>
public static class OperationSlices
{
    /// <summary>The parts of an index, one per axis of the tensor and per new axis.</summary>
    /// <exception cref="SpecException">It is no index, or has more parts than the tensor has axes.</exception>
    public static IReadOnlyList<IndexPart> Parts(CallValue? key, int rank)
    {
        var items = key is CallList list ? list.Items : [key ?? CallValue.None];
        var taken = items.Count(item => item is not (CallEllipsis or CallConstant { Value: null }));
        if (taken > rank || items.Count(item => item is CallEllipsis) > 1)
            throw new SpecException($"expected an index of at most {rank} axes. Received: {taken}.", "key");
        List<IndexPart> parts = [];
        foreach (var item in items)
        {
            switch (item)
            {
                case CallEllipsis:
                    parts.AddRange(Enumerable.Repeat(new IndexPart(IndexKind.Slice), rank - taken));
                    taken = rank;
                    break;
                case CallConstant { Value: null }:
                    parts.Add(new IndexPart(IndexKind.NewAxis));
                    break;
                case CallConstant { Value: long row }:
                    parts.Add(new IndexPart(IndexKind.Row, row));
                    break;
                case CallSlice { Step: null or > 0 } slice:
                    parts.Add(new IndexPart(IndexKind.Slice, slice.Start, slice.Stop, slice.Step ?? 1));
                    break;
                default:
                    throw new SpecException("expected whole numbers, slices with a step above 0, None and an ellipsis as the index.", "key");
            }
        }
        parts.AddRange(Enumerable.Repeat(new IndexPart(IndexKind.Slice), rank - taken));
        return parts;
    }

    internal static IReadOnlyList<Shape> Shape(OperationCall call)
    {
        List<long?> sizes = [];
        var axis = 0;
        foreach (var part in Parts(call.Value("key"), call.First.Rank))
        {
            switch (part.Kind)
            {
                case IndexKind.NewAxis:
                    sizes.Add(1);
                    break;
                case IndexKind.Row:
                    if (call.First[axis] is { } rows && (part.Start >= rows || part.Start < -rows))
                        throw new SpecException($"expected an index below {rows} on axis {axis}. Received: {part.Start}.", "key");
                    axis++;
                    break;
                default:
                    sizes.Add(Count(part, call.First[axis++]));
                    break;
            }
        }
        return [new Shape(sizes)];
    }

    private static long? Count(IndexPart part, long? size)
    {
        if (size is not { } all)
            return null;
        var (from, to) = (Clamp(part.Start ?? 0, all), Clamp(part.Stop ?? all, all));
        return Math.Max(0, (to - from + part.Step - 1) / part.Step);
    }

    private static long Clamp(long index, long size) => Math.Clamp(index < 0 ? index + size : index, 0, size);
}
