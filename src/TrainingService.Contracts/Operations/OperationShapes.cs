using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Operations;

/// <summary>Shape rules of operations; the batch axis is an axis like any other.</summary>
internal static class OperationShapes
{
    /// <summary>Numpy's rule: axes of size 1, and missing ones in front, stretch.</summary>
    public static Shape Broadcast(Shape first, Shape second)
    {
        var rank = Math.Max(first.Rank, second.Rank);
        return new Shape(Enumerable.Range(0, rank).Select(axis =>
        {
            var (a, b) = (Size(first), Size(second));
            return a == 1 ? b : b == 1 || a == b ? a : a is null ? b : b is null ? a
                : throw new SpecException($"expected shapes that go together. Received: {first} and {second}.");

            long? Size(Shape shape) => axis < rank - shape.Rank ? 1 : shape[axis - (rank - shape.Rank)];
        }));
    }

    public static IReadOnlyList<Shape> Reduce(OperationCall call)
    {
        var input = call.First;
        var axes = call.Ints("axis")?.Select(axis => AxisNumbers.Of(axis, input.Rank)).ToHashSet() ?? [.. Enumerable.Range(0, input.Rank)];
        return [Without(input, axes, call.Flag("keepdims"))];
    }

    public static IReadOnlyList<Shape> Arg(OperationCall call)
    {
        var input = call.First;
        return [Without(input, call.Int("axis") is { } axis ? [AxisNumbers.Of(axis, input.Rank)] : [.. Enumerable.Range(0, input.Rank)], call.Flag("keepdims"))];
    }

    public static IReadOnlyList<Shape> Reshape(OperationCall call)
    {
        var target = Required(call.Ints("newshape"), "newshape");
        if (target.Count(size => size == -1) > 1 || target.Any(size => size is < -1 or 0))
            throw new SpecException($"expected positive sizes and at most one -1. Received: ({string.Join(", ", target)}).", "newshape");
        var known = target.Where(size => size > 0).Aggregate((Int128)1, (product, size) => product > (Int128.One << 60) ? product : product * size);
        if (call.First.Elements is not { } all)
            return [new Shape(target.Select(size => size == -1 ? null : (long?)size))];
        var open = target.Contains(-1);
        return (open ? all % known != 0 : all != known)
            ? throw new SpecException($"expected a shape of {all} elements. Received: ({string.Join(", ", target)}).", "newshape")
            : [new Shape(target.Select(size => size == -1 ? (long?)(all / known) : size))];
    }

    public static IReadOnlyList<Shape> ExpandDims(OperationCall call)
    {
        List<long?> sizes = [.. call.First];
        var added = Required(call.Ints("axis"), "axis");
        foreach (var axis in added.Select(axis => AxisNumbers.Of(axis, call.First.Rank + added.Count)).Order())
            sizes.Insert(axis, 1);
        return [new Shape(sizes)];
    }

    public static IReadOnlyList<Shape> Squeeze(OperationCall call)
    {
        var input = call.First;
        var axes = call.Ints("axis")?.Select(axis => AxisNumbers.Of(axis, input.Rank)).ToHashSet()
            ?? [.. Enumerable.Range(0, input.Rank).Where(axis => input[axis] == 1)];
        return axes.FirstOrDefault(axis => input[axis] is not (1 or null), -1) is var wrong and >= 0
            ? throw new SpecException($"expected an axis of size 1. Received: axis {wrong} of {input}.", "axis")
            : [Without(input, axes, keep: false)];
    }

    public static IReadOnlyList<Shape> Transpose(OperationCall call)
    {
        var input = call.First;
        var axes = call.Ints("axes")?.Select(axis => AxisNumbers.Of(axis, input.Rank, "axes")).ToList() ?? [.. Enumerable.Range(0, input.Rank).Reverse()];
        return axes.Distinct().Count() != input.Rank || axes.Count != input.Rank
            ? throw new SpecException($"expected every axis of {input} once. Received: ({string.Join(", ", axes)}).", "axes")
            : [new Shape(axes.Select(axis => input[axis]))];
    }

    public static IReadOnlyList<Shape> Swapaxes(OperationCall call)
    {
        var (input, first, second) = (call.First, call.Axis("axis1", 0, call.First.Rank), call.Axis("axis2", 1, call.First.Rank));
        return [input.With(first, input[second]).With(second, input[first])];
    }

    public static IReadOnlyList<Shape> Moveaxis(OperationCall call)
    {
        var input = call.First;
        var from = Required(call.Ints("source"), "source").Select(axis => AxisNumbers.Of(axis, input.Rank, "source")).ToList();
        var to = Required(call.Ints("destination"), "destination").Select(axis => AxisNumbers.Of(axis, input.Rank, "destination")).ToList();
        if (from.Count != to.Count)
            throw new SpecException("expected as many destinations as sources.", "destination");
        var order = Enumerable.Range(0, input.Rank).Except(from).ToList();
        foreach (var (destination, source) in to.Zip(from).OrderBy(pair => pair.First))
            order.Insert(destination, source);
        return [new Shape(order.Select(axis => input[axis]))];
    }

    public static IReadOnlyList<Shape> Concatenate(OperationCall call)
    {
        var first = call.First;
        var axis = call.Axis("axis", 0, first.Rank);
        foreach (var other in call.Inputs.Where(other => other.Rank != first.Rank || !other.With(axis, null).IsCompatibleWith(first.With(axis, null))))
            throw new SpecException($"expected shapes that differ on axis {axis} only. Received: {first} and {other}.");
        return [first.With(axis, call.Inputs.Aggregate((long?)0, (sum, input) => sum + input[axis]))];
    }

    public static IReadOnlyList<Shape> Stack(OperationCall call)
    {
        var first = call.First;
        if (call.Inputs.FirstOrDefault(other => !other.IsCompatibleWith(first)) is { } wrong)
            throw new SpecException($"expected tensors of one shape. Received: {first} and {wrong}.");
        List<long?> sizes = [.. first];
        sizes.Insert(call.Axis("axis", 0, first.Rank + 1), call.Inputs.Count);
        return [new Shape(sizes)];
    }

    public static IReadOnlyList<Shape> Split(OperationCall call)
    {
        var input = call.First;
        var axis = call.Axis("axis", 0, input.Rank);
        var size = input[axis] ?? throw new SpecException($"axis {axis} must be known. Received: {input}.", "axis");
        if (call.Value("indices_or_sections") is CallConstant)
        {
            var parts = call.Int("indices_or_sections")!.Value;
            return parts < 1 || size % parts != 0
                ? throw new SpecException($"expected a number of parts that divides {size}. Received: {parts}.", "indices_or_sections")
                : [.. Enumerable.Repeat(input.With(axis, size / parts), parts)];
        }
        long[] cuts = [0, .. Required(call.Ints("indices_or_sections"), "indices_or_sections").Select(cut => Math.Clamp(cut < 0 ? cut + size : cut, 0, size)), size];
        return [.. cuts.Zip(cuts.Skip(1), (from, to) => input.With(axis, Math.Max(0, to - from)))];
    }

    public static IReadOnlyList<Shape> Unstack(OperationCall call)
    {
        var axis = call.Axis("axis", 0, call.First.Rank);
        var count = call.First[axis] ?? call.Int("num") ?? throw new SpecException($"axis {axis} must be known. Received: {call.First}.", "axis");
        return [.. Enumerable.Repeat(Without(call.First, [axis], keep: false), (int)Math.Min(count, 65_536))];
    }

    public static IReadOnlyList<Shape> Repeat(OperationCall call)
    {
        var repeats = Required(call.Ints("repeats"), "repeats");
        if (repeats is not [var times and > 0])
            throw new SpecException($"expected one number above 0. Received: ({string.Join(", ", repeats)}).", "repeats");
        return call.Int("axis") is { } given && AxisNumbers.Of(given, call.First.Rank) is var axis
            ? [call.First.With(axis, call.First[axis] * times)]
            : [new Shape((long?)(call.First.Elements * times))];
    }

    public static IReadOnlyList<Shape> Tile(OperationCall call)
    {
        var repeats = Required(call.Ints("repeats"), "repeats");
        var rank = Math.Max(repeats.Count, call.First.Rank);
        long?[] sizes = [.. Enumerable.Repeat((long?)1, rank - call.First.Rank), .. call.First];
        return [new Shape(sizes.Zip(Enumerable.Repeat(1L, rank - repeats.Count).Concat(repeats), (size, times) => size * times))];
    }

    public static IReadOnlyList<Shape> BroadcastTo(OperationCall call) => [Broadcast(call.First, new Shape(Required(call.Ints("shape"), "shape").Select(size => (long?)size)))];

    public static IReadOnlyList<Shape> Pad(OperationCall call)
    {
        var widths = OperationPadding.Widths(call.Value("pad_width"), call.First.Rank);
        return [new Shape(call.First.Zip(widths, (size, width) => size + width.Before + width.After))];
    }

    public static IReadOnlyList<Shape> Take(OperationCall call)
    {
        var indices = call.Value("indices") is CallList list ? new Shape(list.Items.Count) : call.Shape("indices");
        if (call.Int("axis") is not { } given)
            return [indices];
        var axis = AxisNumbers.Of(given, call.First.Rank);
        return [new Shape(call.First.Take(axis).Concat(indices).Concat(call.First.Skip(axis + 1)))];
    }

    public static IReadOnlyList<Shape> OneHot(OperationCall call)
    {
        List<long?> sizes = [.. call.First];
        sizes.Insert(call.Axis("axis", -1, sizes.Count + 1), call.Int("num_classes") ?? throw new SpecException("expected the number of classes.", "num_classes"));
        return [new Shape(sizes)];
    }

    public static IReadOnlyList<Shape> Matmul(OperationCall call)
    {
        var (first, second) = (call.First, call.Shape("x2"));
        if (first.Rank < 2 || second.Rank < 2)
            throw new SpecException($"expected two tensors of at least two axes. Received: {first} and {second}.");
        if (first[-1] is { } inner && second[-2] is { } other && inner != other)
            throw new SpecException($"expected the last axis of one to be the last but one of the other. Received: {first} and {second}.");
        var batch = Broadcast(new Shape(first.Take(first.Rank - 2)), new Shape(second.Take(second.Rank - 2)));
        return [new Shape([.. batch, first[-2], second[-1]])];
    }

    private static Shape Without(Shape shape, IReadOnlyCollection<int> axes, bool keep) =>
        new(shape.Select((size, axis) => (size, axis)).Where(pair => keep || !axes.Contains(pair.axis)).Select(pair => axes.Contains(pair.axis) ? 1 : pair.size));

    private static T Required<T>(T? value, string name) where T : class => value ?? throw new SpecException($"expected {name}. Received: none.", name);
}
