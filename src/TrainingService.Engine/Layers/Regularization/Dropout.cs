using TorchSharp;
using TrainingService.Contracts.Layers;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>While training, sets a share of the values to zero and scales the rest by <c>1 / (1 - rate)</c>; otherwise the identity.</summary>
public sealed class Dropout(Specs.Dropout spec, LayerContext context) : RandomLayer(spec, spec.Seed, context)
{
    /// <inheritdoc />
    protected override bool IsActive => spec.Rate > 0;

    /// <inheritdoc />
    protected override torch.Tensor Disturb(torch.Tensor x) =>
        spec.Rate == 1 ? x * 0 : x * Keep(x, Fill(spec.NoiseShape, x), 1 - spec.Rate).div_(1 - spec.Rate);
}

/// <summary>Dropout of whole channels.</summary>
public sealed class SpatialDropout(Specs.SpatialDropout spec, LayerContext context) : RandomLayer(spec, spec.Seed, context)
{
    /// <inheritdoc />
    protected override bool IsActive => spec.Rate > 0;

    /// <inheritdoc />
    protected override torch.Tensor Disturb(torch.Tensor x)
    {
        if (spec.Rate == 1)
            return x * 0;
        var ones = Enumerable.Repeat(1L, spec.SpatialAxes);
        long[] shape = spec.Format == DataFormat.ChannelsLast ? [x.size(0), .. ones, x.size(-1)] : [x.size(0), x.size(1), .. ones];
        return x * Keep(x, shape, 1 - spec.Rate).div_(1 - spec.Rate);
    }
}

/// <summary>Dropout that keeps mean and variance: what is dropped takes selu's lowest value, and the whole is scaled and shifted.</summary>
public sealed class AlphaDropout(Specs.AlphaDropout spec, LayerContext context) : RandomLayer(spec, spec.Seed, context)
{
    private const double Lowest = -1.6732632423543772 * 1.0507009873554805; // -alpha · scale of selu

    /// <inheritdoc />
    protected override bool IsActive => spec.Rate > 0;

    /// <inheritdoc />
    protected override torch.Tensor Disturb(torch.Tensor x)
    {
        var keep = Keep(x, Fill(spec.NoiseShape, x), 1 - spec.Rate);
        var factor = Math.Pow((1 - spec.Rate) * (1 + spec.Rate * Lowest * Lowest), -0.5);
        var offset = -factor * Lowest * spec.Rate;
        return (x * keep + (1 - keep) * Lowest) * factor + offset;
    }
}

/// <summary>While training, multiplies by samples of mean 1; otherwise the identity.</summary>
public sealed class GaussianDropout(Specs.GaussianDropout spec, LayerContext context) : RandomLayer(spec, spec.Seed, context)
{
    /// <inheritdoc />
    protected override bool IsActive => spec.Rate > 0;

    /// <inheritdoc />
    protected override torch.Tensor Disturb(torch.Tensor x) =>
        x * x.empty_like(requires_grad: false).normal_(1, Math.Sqrt(spec.Rate / (1 - spec.Rate)), Generator);
}

/// <summary>While training, adds samples of mean 0; otherwise the identity.</summary>
public sealed class GaussianNoise(Specs.GaussianNoise spec, LayerContext context) : RandomLayer(spec, spec.Seed, context)
{
    /// <inheritdoc />
    protected override bool IsActive => spec.Stddev > 0;

    /// <inheritdoc />
    protected override torch.Tensor Disturb(torch.Tensor x) => x + x.empty_like(requires_grad: false).normal_(0, spec.Stddev, Generator);
}

/// <summary>Passes on what comes in; the penalty on it is added by the call.</summary>
public sealed class ActivityRegularization(Specs.ActivityRegularization spec, LayerContext context) : ElementwiseLayer(spec, context)
{
    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) => x;
}
