using TorchSharp;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Normalizes every sample by the mean and variance over some of its axes.</summary>
public sealed class LayerNormalization : ElementwiseLayer
{
    private readonly Specs.LayerNormalization _spec;
    private readonly long[] _axes, _broadcast;
    private readonly bool _last;

    /// <summary>Builds the layer.</summary>
    public LayerNormalization(Specs.LayerNormalization spec, LayerContext context) : base(spec, context)
    {
        _spec = spec;
        var rank = context.InputShape.Rank;
        var axes = spec.Axis.Of(context.InputShape);
        _axes = [.. axes.Select(axis => (long)axis)];
        _broadcast = [.. Enumerable.Range(0, rank).Select(axis => axes.Contains(axis) ? context.InputShape[axis]!.Value : 1)];
        _last = axes.SequenceEqual(Enumerable.Range(rank - axes.Count, axes.Count));
    }

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        var (gamma, beta) = (ValueOrNull("gamma"), ValueOrNull("beta"));
        if (_last && !_spec.RmsScaling)
            return torch.nn.functional.layer_norm(x, [.. _axes.Select(axis => x.shape[axis])], gamma, beta, _spec.Epsilon);
        var (variance, mean) = torch.var_mean(x, _axes, unbiased: false, keepdim: true);
        var y = (_spec.RmsScaling ? x : x - mean) * (variance + _spec.Epsilon).rsqrt();
        y = gamma is null ? y : y * gamma.view(_broadcast);
        return beta is null ? y : y + beta.view(_broadcast);
    }
}

/// <summary>Normalizes every sample by its root mean square over some axes.</summary>
public sealed class RMSNormalization(Specs.RMSNormalization spec, LayerContext context) : Layer(spec, context)
{
    private readonly long[] _axes = [.. spec.Axis.Of(context.InputShape).Select(axis => (long)axis)];

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) =>
        x * (x.square().mean(_axes, keepdim: true) + spec.Epsilon).rsqrt() * Value("scale");
}

/// <summary>Normalizes every sample group by group of its channels.</summary>
public sealed class GroupNormalization(Specs.GroupNormalization spec, LayerContext context) : ElementwiseLayer(spec, context)
{
    private readonly int _axis = context.InputShape.Axis(spec.Axis);
    private readonly long _groups = spec.Groups == -1 ? context.InputShape[spec.Axis]!.Value : spec.Groups;

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        var y = torch.nn.functional.group_norm(
            _axis == 1 ? x : x.movedim([_axis], [1]), _groups, ValueOrNull("gamma"), ValueOrNull("beta"), spec.Epsilon); // (batch, channels, …)
        return _axis == 1 ? y : y.movedim([1], [_axis]);
    }
}
