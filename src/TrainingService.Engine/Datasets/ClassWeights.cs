using TorchSharp;
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
}
