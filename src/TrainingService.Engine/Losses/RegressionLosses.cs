using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Losses;

namespace TrainingService.Engine.Losses;

/// <summary><c>mean((y_true - y_pred)²)</c> over the last axis.</summary>
public sealed class MeanSquaredError(Specs.MeanSquaredError spec) : Loss(spec.Reduction)
{
    /// <inheritdoc />
    protected override LossValues Compute(Tensor labels, Tensor outputs) => (labels - outputs).square().mean([-1]);
}

/// <summary><c>mean(|y_true - y_pred|)</c> over the last axis.</summary>
public sealed class MeanAbsoluteError(Specs.MeanAbsoluteError spec) : Loss(spec.Reduction)
{
    /// <inheritdoc />
    protected override LossValues Compute(Tensor labels, Tensor outputs) => (labels - outputs).abs().mean([-1]);
}

/// <summary><c>100 · mean(|y_true - y_pred| / max(|y_true|, 1e-7))</c> over the last axis.</summary>
public sealed class MeanAbsolutePercentageError(Specs.MeanAbsolutePercentageError spec) : Loss(spec.Reduction)
{
    /// <inheritdoc />
    protected override LossValues Compute(Tensor labels, Tensor outputs) =>
        ((labels - outputs) / labels.abs().clamp_min(Epsilon)).abs().mean([-1]) * 100;
}

/// <summary><c>mean((log(max(y_true, 1e-7) + 1) - log(max(y_pred, 1e-7) + 1))²)</c> over the last axis.</summary>
public sealed class MeanSquaredLogarithmicError(Specs.MeanSquaredLogarithmicError spec) : Loss(spec.Reduction)
{
    /// <inheritdoc />
    protected override LossValues Compute(Tensor labels, Tensor outputs) =>
        (Log(outputs) - Log(labels)).square().mean([-1]);

    private static Tensor Log(Tensor values) => (values.clamp_min(Epsilon) + 1).log();
}

/// <summary>Squared near zero, linear beyond <c>delta</c>; mean over the last axis.</summary>
public sealed class Huber(Specs.Huber spec) : Loss(spec.Reduction)
{
    /// <inheritdoc />
    protected override LossValues Compute(Tensor labels, Tensor outputs) =>
        nn.functional.huber_loss(outputs, labels, spec.Delta, nn.Reduction.None).mean([-1]);
}

/// <summary><c>mean(log(cosh(y_pred - y_true)))</c> over the last axis, in a form that overflows for no difference.</summary>
public sealed class LogCosh(Specs.LogCosh spec) : Loss(spec.Reduction)
{
    private static readonly double Log2 = Math.Log(2);

    /// <inheritdoc />
    protected override LossValues Compute(Tensor labels, Tensor outputs)
    {
        var difference = outputs - labels;
        return (difference + nn.functional.softplus(difference * -2) - Log2).mean([-1]);
    }
}

/// <summary>The negative cosine of the angle between label and output along an axis.</summary>
public sealed class CosineSimilarity(Specs.CosineSimilarity spec) : Loss(spec.Reduction)
{
    /// <summary>Below it a squared length counts as this: a length of 1e-7.</summary>
    private const double SmallestSquare = Epsilon * Epsilon;

    /// <inheritdoc />
    protected override LossValues Compute(Tensor labels, Tensor outputs) =>
        -(Normalize(labels) * Normalize(outputs)).sum(spec.Axis);

    private Tensor Normalize(Tensor values) =>
        values / values.square().sum(spec.Axis, keepdim: true).clamp_min(SmallestSquare).sqrt();
}

/// <summary><c>Σ y_true·log(y_true / y_pred)</c> over the last axis, both clipped to 1e-7 … 1.</summary>
public sealed class KLDivergence(Specs.KLDivergence spec) : Loss(spec.Reduction)
{
    /// <inheritdoc />
    protected override LossValues Compute(Tensor labels, Tensor outputs)
    {
        labels = labels.clamp(Epsilon, 1);
        return (labels * (labels / outputs.clamp(Epsilon, 1)).log()).sum(-1);
    }
}

/// <summary><c>mean(y_pred - y_true·log(y_pred + 1e-7))</c> over the last axis.</summary>
public sealed class Poisson(Specs.Poisson spec) : Loss(spec.Reduction)
{
    /// <inheritdoc />
    protected override LossValues Compute(Tensor labels, Tensor outputs) => (outputs - labels * (outputs + Epsilon).log()).mean([-1]);
}
