using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Expressions;

/// <summary>
/// Finds the shape of every step without computing it. Nothing may grow beyond the inputs broadcast against each other, so that a short
/// text cannot ask for much memory; and what has a batch axis meets only what has the same rank, so that samples are never paired with samples.
/// </summary>
internal sealed class ExpressionShapes
{
    private readonly IReadOnlyList<ExpressionNode> _nodes;
    private readonly ExpressionType[] _types;
    private readonly int _unknownLimit;
    private readonly Int128 _knownLimit;

    private ExpressionShapes(IReadOnlyList<ExpressionNode> nodes, IReadOnlyCollection<ExpressionType> inputs)
    {
        (_nodes, _types) = (nodes, new ExpressionType[nodes.Count]);
        _unknownLimit = inputs.Select(type => type.UnknownAxes).DefaultIfEmpty(0).Max();
        _knownLimit = Largest(inputs);
    }

    /// <summary>The result's type.</summary>
    /// <exception cref="SpecException">A step cannot take what it is given.</exception>
    public static ExpressionType Check(IReadOnlyList<ExpressionNode> nodes, IReadOnlyDictionary<string, ExpressionType> inputs)
    {
        var shapes = new ExpressionShapes(nodes, [.. inputs.Values]);
        for (var index = 0; index < nodes.Count; index++)
            shapes._types[index] = shapes.Bounded(shapes.Of(nodes[index], inputs), nodes[index]);
        return shapes._types[^1];
    }

    /// <summary>Elements of the largest input, or of all inputs of one rank broadcast against each other.</summary>
    private static Int128 Largest(IReadOnlyCollection<ExpressionType> inputs)
    {
        var largest = inputs.Select(type => type.KnownElements).DefaultIfEmpty(1).Max();
        foreach (var rank in inputs.Where(type => type.HasBatch).GroupBy(type => type.Shape.Rank))
        {
            var sizes = Enumerable.Range(1, Math.Max(0, rank.Key - 1)).Select(axis => rank.Max(type => type.Shape[axis]));
            var elements = new Shape([null, .. sizes.Where(size => size is not null)]).ElementsPerSample ?? 0;
            largest = elements > largest ? elements : largest;
        }
        return largest;
    }

    private ExpressionType Bounded(ExpressionType type, ExpressionNode node)
    {
        if (type.Shape.Rank > ExpressionLimits.Rank || type.UnknownAxes > _unknownLimit || type.KnownElements > _knownLimit)
            throw ExpressionError.At(node.Position, $"expected a value no larger than the inputs. Received: {type.Shape}.");
        return type;
    }

    private ExpressionType Of(ExpressionNode node, IReadOnlyDictionary<string, ExpressionType> inputs) => node switch
    {
        ConstantNode => ExpressionType.Scalar,
        InputNode input => inputs.TryGetValue(input.Name, out var type)
            ? type
            : throw ExpressionError.At(input.Position, $"expected one of {string.Join(", ", inputs.Keys)}. Received: \"{input.Name}\"."),
        IndexNode index => Indexed(index),
        _ => Called((CallNode)node),
    };

    private ExpressionType Called(CallNode call)
    {
        var operands = call.Operands.Select(operand => _types[operand]).ToList();
        var gradient = call.Function.Differentiable && operands.Exists(type => type.HasGradient);
        return call.Function.Form switch
        {
            FunctionForm.Elementwise when call.Function.Name == "where" => Chosen(call, operands),
            FunctionForm.Elementwise => Broadcast(call, operands) with { HasGradient = gradient },
            FunctionForm.Comparison => Broadcast(call, operands) with { IsTruth = true },
            FunctionForm.Logical => Logical(call, operands),
            FunctionForm.Reduction => Reduced(call, operands[0], call.Options.Axes, call.Options.KeepDims) with { HasGradient = gradient },
            FunctionForm.LogicalReduction => Reduced(call, Truth(call, operands[0], 0), call.Options.Axes, call.Options.KeepDims) with { IsTruth = true },
            FunctionForm.IndexReduction => Reduced(call, operands[0], [OneAxis(call, operands[0])], false),
            FunctionForm.AlongAxis => Along(call, operands[0]) with { HasGradient = gradient },
            FunctionForm.Dot => Dotted(call, operands) with { HasGradient = gradient },
            FunctionForm.MatMul => Multiplied(call, operands) with { HasGradient = gradient },
            _ => OneHot(call, operands[0]),
        };
    }

    private static ExpressionType Chosen(CallNode call, List<ExpressionType> operands)
    {
        Truth(call, operands[0], 0);
        if (operands[1].IsTruth != operands[2].IsTruth)
            throw ExpressionError.At(call.Position, "expected two numbers or two truths behind the condition of where.");
        return Broadcast(call, operands) with { IsTruth = operands[1].IsTruth, HasGradient = operands[1].HasGradient || operands[2].HasGradient };
    }

    private static ExpressionType Logical(CallNode call, List<ExpressionType> operands)
    {
        for (var index = 0; index < operands.Count; index++)
            Truth(call, operands[index], index);
        return Broadcast(call, operands) with { IsTruth = true };
    }

    private static ExpressionType Truth(CallNode call, ExpressionType type, int operand) => type.IsTruth
        ? type
        : throw ExpressionError.At(call.Position, $"expected operand {operand + 1} of {call.Function.Name} to be a comparison. Received: a number.");

    private static ExpressionType Broadcast(ExpressionNode node, IReadOnlyList<ExpressionType> operands)
    {
        var result = ExpressionType.Scalar;
        foreach (var operand in operands)
            result = Broadcast(node, result, operand);
        return result;
    }

    private static ExpressionType Broadcast(ExpressionNode node, ExpressionType first, ExpressionType second)
    {
        var (a, b) = (first.Shape, second.Shape);
        if (a.Rank == 0 || b.Rank == 0)
            return new ExpressionType(a.Rank == 0 ? b : a, a.Rank == 0 ? second.HasBatch : first.HasBatch);
        if (first.HasBatch && second.HasBatch && a.Rank != b.Rank)
            throw ExpressionError.At(node.Position, $"expected values of one rank; keepdims=true keeps an axis, [..., 0] takes one away. Received: {a} and {b}.");
        var rank = Math.Max(a.Rank, b.Rank);
        var sizes = new long?[rank];
        for (var axis = -1; axis >= -rank; axis--)
        {
            var (one, other) = (axis < -a.Rank ? 1 : a[axis], axis < -b.Rank ? 1 : b[axis]);
            if (one != other && one is not (null or 1) && other is not (null or 1))
                throw ExpressionError.At(node.Position, $"expected shapes that can be broadcast. Received: {a} and {b}.");
            sizes[^-axis] = one == 1 ? other : other is null or 1 ? one : other;
        }
        var batch = first.HasBatch || second.HasBatch;
        var without = first.HasBatch ? second : first;
        // What has no batch axis may reach it only with a 1.
        if (batch && !without.HasBatch && without.Shape.Rank >= rank && !(without.Shape.Rank == rank && (first.HasBatch ? a : b).Rank == rank && without.Shape[0] == 1))
            throw ExpressionError.At(node.Position, $"expected a value that is the same for every sample to have fewer axes. Received: {a} and {b}.");
        return new ExpressionType(new Shape(sizes), batch);
    }

    private static ExpressionType Reduced(CallNode call, ExpressionType type, IReadOnlyList<int>? named, bool keep)
    {
        var axes = named is null ? [.. Enumerable.Range(0, type.Shape.Rank)] : named.Select(axis => Axis(call, type, axis)).ToHashSet();
        if (named is not null && axes.Count < named.Count)
            throw ExpressionError.At(call.Position, "expected each axis once.");
        var sizes = type.Shape.Select((size, axis) => axes.Contains(axis) ? 1 : size);
        var left = keep ? sizes : type.Shape.Where((_, axis) => !axes.Contains(axis));
        return new ExpressionType(new Shape(left), type.HasBatch && !axes.Contains(0));
    }

    private static ExpressionType Along(CallNode call, ExpressionType type)
    {
        OneAxis(call, type);
        return new ExpressionType(type.Shape, type.HasBatch);
    }

    private static ExpressionType Dotted(CallNode call, List<ExpressionType> operands)
    {
        var product = Broadcast(call, operands);
        return Reduced(call, product, [OneAxis(call, product)], false);
    }

    /// <summary>(…, n) by (n, m), or (batch, k, n) by (batch, n, m).</summary>
    private static ExpressionType Multiplied(CallNode call, List<ExpressionType> operands)
    {
        var (a, b) = (operands[0].Shape, operands[1].Shape);
        var shared = a.Rank >= 1 && b.Rank == 2 && !operands[1].HasBatch;
        var each = a.Rank == 3 && b.Rank == 3 && operands[0].HasBatch && operands[1].HasBatch;
        if (!shared && !each)
            throw ExpressionError.At(call.Position, $"expected (…, n) and a weight (n, m), or (batch, k, n) and (batch, n, m). Received: {a} and {b}.");
        if (a[-1] is null || b[-2] is null || a[-1] != b[-2])
            throw ExpressionError.At(call.Position, $"expected as many columns as the second has rows, both known. Received: {a} and {b}.");
        if (operands[0].HasBatch && a.Rank == 1)
            throw ExpressionError.At(call.Position, $"expected an axis beside the batch's. Received: {a}.");
        return new ExpressionType(a.WithLast(b[-1]), operands[0].HasBatch);
    }

    private static ExpressionType OneHot(CallNode call, ExpressionType type)
    {
        if (call.Options.Classes is not { } classes)
            throw ExpressionError.At(call.Position, "expected classes=… behind the class numbers of one_hot.");
        return new ExpressionType(new Shape([.. type.Shape, classes]), type.HasBatch);
    }

    private ExpressionType Indexed(IndexNode index)
    {
        var type = _types[index.Operand];
        if (type.Shape.Rank == 0 || (type.HasBatch && type.Shape.Rank == 1))
            throw ExpressionError.At(index.Position, $"expected a value with an axis beside the batch's. Received: {type.Shape}.");
        if (type.Shape[-1] is not { } size)
            throw ExpressionError.At(index.Position, $"expected a last axis of known size. Received: {type.Shape}.");
        if (index.Single)
        {
            return index.Start >= -size && index.Start < size
                ? type with { Shape = new Shape(type.Shape.Take(type.Shape.Rank - 1)) }
                : throw ExpressionError.At(index.Position, $"expected an index of {-size} to {size - 1}. Received: {index.Start}.");
        }
        var (start, stop) = (Clamp(index.Start ?? 0, size), Clamp(index.Stop ?? size, size));
        return start < stop
            ? type with { Shape = type.Shape.WithLast((stop - start + index.Step - 1) / index.Step) }
            : throw ExpressionError.At(index.Position, $"expected at least one entry of the {size}. Received: none.");
    }

    private static long Clamp(long index, long size) => Math.Clamp(index < 0 ? index + size : index, 0, size);

    private static int OneAxis(CallNode call, ExpressionType type) => call.Options.Axes switch
    {
        null => Axis(call, type, -1),
        [var only] => Axis(call, type, only),
        _ => throw ExpressionError.At(call.Position, $"expected one axis of {call.Function.Name}. Received: {call.Options.Axes.Count}."),
    };

    private static int Axis(CallNode call, ExpressionType type, int axis) =>
        axis >= -type.Shape.Rank && axis < type.Shape.Rank
            ? axis < 0 ? axis + type.Shape.Rank : axis
            : throw ExpressionError.At(call.Position, $"expected an axis of {type.Shape}. Received: {axis}.");
}
