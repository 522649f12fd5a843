using TrainingService.Contracts.Metrics;
using TrainingService.Engine.Losses;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Metrics;

namespace TrainingService.Engine.Metrics;

/// <summary>Share of values where label and output are equal.</summary>
public sealed class Accuracy(string name) : Metric(name, Direction.Up)
{
    /// <inheritdoc />
    protected override Tensor Values(Tensor labels, Tensor outputs)
    {
        (labels, outputs) = Ranks.Match(labels, outputs);
        return labels.to(outputs.dtype).eq(outputs);
    }
}

/// <summary>Share of outputs on the right side of a threshold.</summary>
public sealed class BinaryAccuracy(string name, double threshold) : Metric(name, Direction.Up)
{
    /// <inheritdoc />
    protected override Tensor Values(Tensor labels, Tensor outputs)
    {
        (labels, outputs) = Ranks.Match(labels, outputs);
        return labels.to(float32).eq(outputs.gt(threshold).to(float32));
    }
}

/// <summary>Share of rows whose largest output is the one-hot label's class.</summary>
public sealed class CategoricalAccuracy(string name) : Metric(name, Direction.Up)
{
    /// <inheritdoc />
    protected override Tensor Values(Tensor labels, Tensor outputs) => labels.argmax(-1).eq(outputs.argmax(-1));
}

/// <summary>Share of rows whose largest output is the integer label's class.</summary>
public sealed class SparseCategoricalAccuracy(string name) : Metric(name, Direction.Up)
{
    /// <inheritdoc />
    protected override Tensor Values(Tensor labels, Tensor outputs)
    {
        if (labels.dim() == outputs.dim() && labels.shape[^1] == 1)
            labels = labels.squeeze(-1);
        return labels.eq(outputs.argmax(-1));
    }
}
