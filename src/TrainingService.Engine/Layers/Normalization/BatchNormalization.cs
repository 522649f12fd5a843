using TorchSharp;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>
/// Normalizes each channel: by the batch while training, by the moving averages otherwise or when frozen. The moving variance takes the
/// batch's biased variance, as Keras does.
/// </summary>
public sealed class BatchNormalization : Layer
{
    private const double Epsilon = 1e-7; // Keras's, added to the number of values that a mask leaves

    private readonly Specs.BatchNormalization _spec;
    private readonly int _axis;

    /// <summary>Builds the layer.</summary>
    public BatchNormalization(Specs.BatchNormalization spec, LayerContext context) : base(spec, context)
    {
        (_spec, _axis) = (spec, context.InputShape.Axis(spec.Axis[0]));
        if (!spec.Renorm)
            return;
        // Their initializer is the variance's.
        using var noGrad = torch.no_grad();
        Variable("moving_stddev").Value.sqrt_();
        Variable("renorm_stddev").Value.sqrt_();
    }

    /// <inheritdoc />
    public override bool SupportsMasking => true;

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        var y = ChannelsSecond(x);
        if (!call.Training || !Trainable)
            y = Normalize(y, Value("moving_mean"), Value("moving_variance"));
        else if (_spec.Renorm || call.Mask is not null)
            y = NormalizeByFigures(x, y, call.Mask);
        else
            y = NormalizeByBatch(y);
        return y.dim() == x.dim() && _axis != 1 ? y.movedim([1], [_axis]) : y.reshape(x.shape);
    }

    /// <summary>(batch, channels, …); a sequence with its channels last becomes (batch · steps, channels).</summary>
    private torch.Tensor ChannelsSecond(torch.Tensor x) =>
        _axis == 1 ? x : _axis == 2 && x.dim() == 3 ? x.reshape(-1, x.size(2)) : x.movedim([_axis], [1]);

    private torch.Tensor NormalizeByBatch(torch.Tensor x)
    {
        // With momentum 1, libtorch leaves the batch's own mean and unbiased variance in the two buffers.
        var mean = torch.zeros_like(Value("moving_mean"));
        var variance = torch.zeros_like(Value("moving_variance"));
        var y = torch.nn.functional.batch_norm(x, mean, variance, ValueOrNull("gamma"), ValueOrNull("beta"), training: true, 1.0, _spec.Epsilon);
        using var noGrad = torch.no_grad();
        var count = x.numel() / x.size(1);
        var biased = count == 1 ? torch.zeros_like(variance) : variance * ((count - 1.0) / count);
        Move("moving_mean", mean, _spec.Momentum);
        Move("moving_variance", biased, _spec.Momentum);
        return y;
    }

    /// <summary>The same with the batch's figures at hand, for masks and renormalization.</summary>
    private torch.Tensor NormalizeByFigures(torch.Tensor x, torch.Tensor channels, torch.Tensor? mask)
    {
        var (mean, variance) = Moments(x, mask);
        var (gamma, beta) = (ValueOrNull("gamma"), ValueOrNull("beta"));
        if (_spec.Renorm)
        {
            (gamma, beta) = Correct(mean.detach(), variance.detach(), gamma, beta);
        }
        else
        {
            using var noGrad = torch.no_grad();
            Move("moving_mean", mean, _spec.Momentum);
            Move("moving_variance", variance, _spec.Momentum);
        }
        long[] broadcast = [1, -1, .. Enumerable.Repeat(1L, (int)channels.dim() - 2)];
        var factor = (variance + _spec.Epsilon).rsqrt();
        if (gamma is not null)
            factor = factor * gamma;
        var offset = beta is null ? -mean * factor : beta - mean * factor;
        return channels * factor.view(broadcast) + offset.view(broadcast);
    }

    /// <summary>Mean and biased variance per channel, over the values that the mask leaves.</summary>
    private (torch.Tensor Mean, torch.Tensor Variance) Moments(torch.Tensor x, torch.Tensor? mask)
    {
        long[] reduced = [.. Enumerable.Range(0, (int)x.dim()).Where(axis => axis != _axis).Select(axis => (long)axis)];
        if (mask is null)
        {
            var (variance, mean) = torch.var_mean(x, reduced, unbiased: false);
            return (mean, variance);
        }
        var counts = mask.to(torch.@bool).unsqueeze(-1).expand(x.shape);
        var count = counts.to(x.dtype).sum(reduced, keepdim: true) + Epsilon;
        var masked = x.masked_fill(counts.logical_not(), 0).sum(reduced, keepdim: true) / count;
        var distance = (x - masked).masked_fill(counts.logical_not(), 0).square().sum(reduced, keepdim: true) / count;
        return (masked.reshape(-1), distance.reshape(-1));
    }

    /// <summary>Batch renormalization: gamma and beta with the corrections r and d in them, and the averages moved on.</summary>
    private (torch.Tensor Gamma, torch.Tensor Beta) Correct(torch.Tensor mean, torch.Tensor variance, torch.Tensor? gamma, torch.Tensor? beta)
    {
        var deviation = (variance + _spec.Epsilon).sqrt();
        var usual = Value("renorm_stddev").clamp_min(Math.Sqrt(_spec.Epsilon));
        var r = deviation / usual;
        var d = (mean - Value("renorm_mean")) / usual;
        if (_spec.RenormClipping is { } limits)
        {
            r = limits.Rmin is { } least ? r.clamp_min(least) : r;
            r = limits.Rmax is { } most ? r.clamp_max(most) : r;
            d = limits.Dmax is { } farthest ? d.clamp(-farthest, farthest) : d;
        }
        using (torch.no_grad())
        {
            Move("renorm_mean", mean, _spec.RenormMomentum);
            Move("renorm_stddev", deviation, _spec.RenormMomentum);
            Move("moving_mean", mean, _spec.Momentum);
            Move("moving_stddev", deviation, _spec.Momentum);
            Variable("moving_variance").Value.copy_((Value("moving_stddev").square() - _spec.Epsilon).relu());
        }
        var (factor, offset) = gamma is null ? (r, d) : (r * gamma, d * gamma);
        return (factor, beta is null ? offset : offset + beta);
    }

    private void Move(string average, torch.Tensor value, double momentum) => Variable(average).Value.mul_(momentum).add_(value, 1 - momentum);

    private torch.Tensor Normalize(torch.Tensor x, torch.Tensor mean, torch.Tensor variance) =>
        torch.nn.functional.batch_norm(x, mean, variance, ValueOrNull("gamma"), ValueOrNull("beta"), training: false, 1.0, _spec.Epsilon);
}
