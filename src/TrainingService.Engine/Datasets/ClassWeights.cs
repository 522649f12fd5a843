using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Layers;
using static TorchSharp.torch;

namespace TrainingService.Engine.Datasets;

/// <summary>Keras's <c>class_weight</c>: what a row counts by its class.</summary>
public static class ClassWeights
{
    /// <summary>A weight per row.</summary>
    /// <param name="labels">(rows) or (rows, 1) with classes, rounded where they are no whole numbers; (rows, classes) with the largest value at the class.</param>
    /// <param name="weights">By class; 1 for those that are not named.</param>
    /// <returns>(rows), float32; the caller disposes of it.</returns>
    /// <exception cref="ArgumentException">Labels with more axes.</exception>
    public static Tensor Of(Tensor labels, IReadOnlyDictionary<int, double> weights)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var classes = LabelClasses.Tensor(labels);
        // The last entry is for every class that has none.
        var table = ones(weights.Keys.DefaultIfEmpty(-1).Max() + 2);
        foreach (var (label, weight) in weights)
            table[label] = (float)weight;
        var others = table.shape[0] - 1;
        var index = where(classes.lt(0).logical_or(classes.gt(others)), others, classes);
        return table.index_select(0, index).DetachFromDisposeScope();
    }

    /// <summary>Keras's and scikit-learn's <c>balanced</c>: rows / (classes · rows of the class), so that every class counts the same in all.</summary>
    /// <param name="counts">Rows by class; classes without rows count nothing.</param>
    public static IReadOnlyDictionary<int, double> Balanced(IReadOnlyDictionary<int, long> counts)
    {
        var rows = counts.Values.Sum();
        return counts.Where(count => count.Value > 0).ToDictionary(count => count.Key, count => rows / ((double)counts.Count(other => other.Value > 0) * count.Value));
    }
}

/// <summary>What rows count by the class of their labels.</summary>
/// <param name="labels">The labels; taken over.</param>
internal sealed class ClassWeightColumn(RowColumn labels) : RowColumn
{
    /// <summary>By class; null where they are still to be counted, and the classes themselves are given.</summary>
    public IReadOnlyDictionary<int, double>? Weights { get; set; }

    public override long Count => labels.Count;

    public override Shape Shape { get; } = new((long?)null);

    public override HostValue Gather(ReadOnlySpan<long> rows)
    {
        using var scope = NewDisposeScope();
        var values = labels.Gather(rows).Numbers();
        var result = Weights is null ? LabelClasses.Tensor(values) : ClassWeights.Of(values, Weights);
        return new TensorValue(result.MoveToOuterDisposeScope());
    }

    protected override void Dispose(bool disposing) => labels.Dispose();
}
