using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Joins several inputs value by value. Inputs of fewer axes get axes of size 1 after the batch axis; sizes of 1 are repeated.</summary>
public abstract record Merge : LayerSpec
{
    /// <inheritdoc />
    public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs, CallSpec call)
    {
        CheckCount(inputs);
        var batch = CommonBatch(inputs);
        var sample = inputs.Select(input => input.Skip(1).ToList()).Aggregate((first, second) => Broadcast(first, second, inputs));
        return [new Shape([batch, .. sample])];
    }

    /// <summary>Whether there can be so many inputs.</summary>
    /// <exception cref="SpecException">There cannot.</exception>
    protected virtual void CheckCount(IReadOnlyList<Shape> inputs)
    {
        if (inputs.Count == 0)
            throw new SpecException("expected a list of at least one input. Received: none.");
    }

    /// <summary>Two inputs, no more and no less.</summary>
    /// <exception cref="SpecException">Another number.</exception>
    protected static void CheckPair(IReadOnlyList<Shape> inputs)
    {
        if (inputs.Count != 2)
            throw new SpecException($"expected exactly 2 inputs. Received: {inputs.Count}.");
    }

    /// <summary>The batch's size where an input says it.</summary>
    /// <exception cref="SpecException">The inputs say different ones.</exception>
    protected static long? CommonBatch(IReadOnlyList<Shape> inputs)
    {
        var sizes = inputs.Where(input => input.Rank > 0 && input[0] is not null).Select(input => input[0]).Distinct().ToList();
        return sizes.Count <= 1
            ? sizes.FirstOrDefault()
            : throw new SpecException($"expected inputs of one batch size. Received: {Text(inputs)}.");
    }

    /// <summary>The shapes, for complaints.</summary>
    protected static string Text(IReadOnlyList<Shape> inputs) => string.Join(" and ", inputs);

    private static List<long?> Broadcast(List<long?> first, List<long?> second, IReadOnlyList<Shape> inputs)
    {
        var (longer, shorter) = first.Count >= second.Count ? (first, second) : (second, first);
        var joined = longer[..^shorter.Count];
        foreach (var (one, other) in longer[^shorter.Count..].Zip(shorter))
        {
            if (one is { } size && other is { } another && size != another && size != 1 && another != 1)
                throw new SpecException($"expected shapes that can be broadcast to each other. Received: {Text(inputs)}.");
            joined.Add(one is null || other is null ? null : one == 1 ? other : one);
        }
        return joined;
    }
}

/// <summary>Sum of the inputs.</summary>
public sealed record Add : Merge;

/// <summary>The first input minus the second.</summary>
public sealed record Subtract : Merge
{
    /// <inheritdoc />
    protected override void CheckCount(IReadOnlyList<Shape> inputs) => CheckPair(inputs);
}

/// <summary>Product of the inputs; what a mask leaves out counts 1.</summary>
public sealed record Multiply : Merge;

/// <summary>Mean of the inputs.</summary>
public sealed record Average : Merge;

/// <summary>Largest of the inputs; what a mask leaves out does not count.</summary>
public sealed record Maximum : Merge;

/// <summary>Smallest of the inputs; what a mask leaves out does not count.</summary>
public sealed record Minimum : Merge;
