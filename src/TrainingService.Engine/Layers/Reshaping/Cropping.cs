using TorchSharp;
using TrainingService.Contracts.Layers;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Cuts off the borders of the spatial axes: a view.</summary>
public sealed class Cropping(Specs.CroppingLayer spec, LayerContext context) : Layer(spec, context)
{
    private readonly long[] _space = SpaceAxes.Of(spec);

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        foreach (var (axis, border) in _space.Zip(spec.Cropping))
            x = x.narrow(axis, border.Before, x.shape[axis] - border.Before - border.After);
        return x;
    }
}

/// <summary>Zeros around the spatial axes.</summary>
public sealed class ZeroPadding(Specs.ZeroPaddingLayer spec, LayerContext context) : Layer(spec, context)
{
    // From the last axis: the channels get nothing when they come last.
    private readonly long[] _borders =
    [
        .. spec.Format == DataFormat.ChannelsLast ? new long[] { 0, 0 } : [],
        .. Space.Borders([.. spec.Padding.Select(border => ((long)border.Before, (long)border.After))]),
    ];

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) => torch.nn.functional.pad(x, _borders);
}
