using TrainingService.Contracts.Metrics;
using TrainingService.Engine.Losses;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Metrics;

namespace TrainingService.Engine.Metrics;

/// <summary>"accuracy": which of the three it is shows in the shapes, as in Keras.</summary>
public sealed class AccuracyByShape(string name) : MeanMetric(name, Specs.Direction.Up)
{
    /// <inheritdoc />
    protected override LossValues Values(Tensor labels, Tensor outputs) =>
        outputs.size(-1) == 1 ? BinaryAccuracy.Matches(labels, outputs, 0.5)
        : labels.dim() < outputs.dim() || labels.size(-1) == 1 ? SparseCategoricalAccuracy.Matches(labels, outputs)
        : CategoricalAccuracy.Matches(labels, outputs);
}

/// <summary>Share of values where label and output are equal.</summary>
public sealed class Accuracy(string name) : MeanMetric(name, Specs.Direction.Up)
{
    /// <inheritdoc />
    protected override LossValues Values(Tensor labels, Tensor outputs)
    {
        (labels, outputs) = Ranks.Match(labels, outputs);
        return labels.to(outputs.dtype).eq(outputs);
    }
}

/// <summary>Share of outputs on the right side of a threshold.</summary>
public sealed class BinaryAccuracy(string name, double threshold) : MeanMetric(name, Specs.Direction.Up)
{
    /// <inheritdoc />
    protected override LossValues Values(Tensor labels, Tensor outputs) => Matches(labels, outputs, threshold);

    internal static Tensor Matches(Tensor labels, Tensor outputs, double threshold)
    {
        (labels, outputs) = Ranks.Match(labels, Loss.Floats(outputs));
        return labels.eq(outputs.gt(threshold).to(labels.dtype));
    }
}

/// <summary>Share of rows whose largest output is the one-hot label's class.</summary>
public sealed class CategoricalAccuracy(string name) : MeanMetric(name, Specs.Direction.Up)
{
    /// <inheritdoc />
    protected override LossValues Values(Tensor labels, Tensor outputs) => Matches(labels, outputs);

    internal static Tensor Matches(Tensor labels, Tensor outputs) => labels.argmax(-1).eq(outputs.argmax(-1));
}

/// <summary>Share of rows whose largest output is the integer label's class.</summary>
public sealed class SparseCategoricalAccuracy(string name) : MeanMetric(name, Specs.Direction.Up)
{
    /// <inheritdoc />
    protected override LossValues Values(Tensor labels, Tensor outputs) => Matches(labels, outputs);

    internal static Tensor Matches(Tensor labels, Tensor outputs)
    {
        if (labels.dim() == outputs.dim() && labels.size(-1) == 1)
            labels = labels.squeeze(-1);
        var matches = labels.eq(outputs.argmax(-1)); // (batch, …)
        return matches.dim() > 1 && matches.size(-1) == 1 ? matches.squeeze(-1) : matches;
    }
}

/// <summary>Share of rows whose label's class is among the k largest outputs; a tie with the k-th counts.</summary>
/// <param name="name">Key in the logs.</param>
/// <param name="k">How many count.</param>
/// <param name="oneHot">Whether labels are one-hot instead of class numbers.</param>
/// <param name="fromSortedIds">Whether outputs are class numbers, the most likely first.</param>
public sealed class TopKCategoricalAccuracy(string name, int k, bool oneHot, bool fromSortedIds = false) : MeanMetric(name, Specs.Direction.Up)
{
    /// <inheritdoc />
    protected override LossValues Values(Tensor labels, Tensor outputs)
    {
        var classes = oneHot ? labels.argmax(-1) : labels; // (batch, …)
        var rows = Loss.Floats(outputs).reshape(-1, outputs.size(-1)); // (rows, classes)
        var right = classes.reshape(-1, 1); // (rows, 1)
        var matches = fromSortedIds
            ? rows.slice(1, 0, Math.Min(k, rows.shape[1]), 1).eq(right).any(1)
            : rows.gather(1, right.to(int64)).ge(rows.topk(k, 1).values.slice(1, k - 1, k, 1)).squeeze(1);
        return matches.reshape(classes.shape);
    }
}
