using TrainingService.Engine.Expressions;
using TrainingService.Engine.Losses;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Metrics;

namespace TrainingService.Engine.Metrics;

/// <summary>The mean of an expression that its user writes down.</summary>
public sealed class ExpressionMetric(string name, Specs.ExpressionMetric spec) : MeanMetric(name, spec.Direction)
{
    private readonly ExpressionRunner _runner = new(spec.Parse());

    /// <inheritdoc />
    protected override LossValues Values(Tensor labels, Tensor outputs)
    {
        outputs = Loss.Floats(outputs);
        (labels, outputs) = Ranks.Match(labels.to(outputs.dtype), outputs);
        return _runner.Run(new Dictionary<string, Tensor> { ["y_true"] = labels, ["y_pred"] = outputs }, outputs);
    }
}
