using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Losses;

namespace TrainingService.Engine.Losses;

/// <summary>Draws embeddings of one class together and those of different classes apart; labels <c>(batch,)</c>, outputs <c>(batch, size)</c>.</summary>
public sealed class Circle(Specs.Circle spec) : Loss(spec.Reduction)
{
    /// <summary>Stands for minus infinity, whose gradient would be no number where a sample has no partner.</summary>
    private const double Never = -1e30;

    /// <inheritdoc />
    protected override bool LabelsAreFloats => false;

    /// <inheritdoc />
    protected override LossValues Compute(Tensor labels, Tensor outputs)
    {
        var classes = labels.to(int64).reshape(-1, 1);
        var same = classes.eq(classes.t()); // (batch, batch)
        var other = same.logical_not();
        if (spec.RemoveDiagonal)
            same = same.logical_and(eye(same.shape[0], dtype: ScalarType.Bool, device: same.device).logical_not());
        var distances = (1 - mm(outputs, outputs.t())).relu();
        var near = -spec.Gamma * (spec.Margin + distances).relu() * (spec.Margin - distances);
        var far = spec.Gamma * (1 + spec.Margin - distances).relu() * (1 - spec.Margin - distances);
        var values = nn.functional.softplus(Pull(near, same) + Pull(far, other)); // (batch,)
        return new LossValues(values, values.gt(0));
    }

    private static Tensor Pull(Tensor weights, Tensor pairs) => weights.masked_fill(pairs.logical_not(), Never).logsumexp(1);
}
