using TrainingService.Contracts.Metrics;
using TrainingService.Engine.Losses;
using static TorchSharp.torch;

namespace TrainingService.Engine.Metrics;

/// <summary>Mean of <c>|y_true - y_pred|</c>.</summary>
public sealed class MeanAbsoluteErrorMetric(string name) : Metric(name, Direction.Down)
{
    /// <inheritdoc />
    protected override Tensor Values(Tensor labels, Tensor outputs)
    {
        (labels, outputs) = Ranks.Match(labels.to(float32), outputs.to(float32));
        return (labels - outputs).abs().mean([-1]);
    }
}

/// <summary>Mean of <c>(y_true - y_pred)²</c>.</summary>
public sealed class MeanSquaredErrorMetric(string name) : Metric(name, Direction.Down)
{
    /// <inheritdoc />
    protected override Tensor Values(Tensor labels, Tensor outputs)
    {
        (labels, outputs) = Ranks.Match(labels.to(float32), outputs.to(float32));
        return (labels - outputs).square().mean([-1]);
    }
}
