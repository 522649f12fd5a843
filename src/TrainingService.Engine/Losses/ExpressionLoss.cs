using TrainingService.Engine.Expressions;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Losses;

namespace TrainingService.Engine.Losses;

/// <summary>A loss that its user writes down.</summary>
public sealed class ExpressionLoss(Specs.ExpressionLoss spec) : Loss(spec.Reduction)
{
    private readonly ExpressionRunner _runner = new(spec.Parse());

    /// <inheritdoc />
    protected override LossValues Compute(Tensor labels, Tensor outputs) =>
        _runner.Run(new Dictionary<string, Tensor> { ["y_true"] = labels, ["y_pred"] = outputs }, outputs);
}
