using TorchSharp;
using TrainingService.Contracts.Layers;
using static TorchSharp.torch.nn;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>The largest value of each window, over one to three axes.</summary>
public sealed class MaxPooling(Specs.MaxPooling spec, LayerContext context) : Layer(spec, context)
{
    private readonly long[] _window = Space.Sizes(spec.PoolSize), _step = Space.Sizes(spec.Step);
    private Func<torch.Tensor, torch.Tensor>? _activation;

    /// <summary>Applies the activation of the layer before to the maxima, of which there are fewer.</summary>
    internal void TakeActivation(Func<torch.Tensor, torch.Tensor> activation) => _activation = activation;

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        long[] dense = [.. _window.Select(_ => 1L)];
        var (padded, padding) = Space.Pad(Space.Open(x, spec.Format), spec.Padding, _window, _step, dense, double.NegativeInfinity);
        var y = padded.dim() == 4
            ? functional.max_pool2d(padded, _window, _step, padding, dense)
            : functional.max_pool3d(padded, _window, _step, padding, dense);
        y = Space.Close(y, spec.Format, spec.SpatialAxes);
        return _activation is null ? y : _activation(y);
    }
}

/// <summary>The mean value of each window, over one to three axes; padding is left out of the mean.</summary>
public sealed class AveragePooling(Specs.AveragePooling spec, LayerContext context) : Layer(spec, context)
{
    private readonly long[] _window = Space.Sizes(spec.PoolSize), _step = Space.Sizes(spec.Step);

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) =>
        Space.Close(Pool(Space.Open(x, spec.Format)), spec.Format, spec.SpatialAxes);

    private torch.Tensor Pool(torch.Tensor space)
    {
        long[] dense = [.. _window.Select(_ => 1L)];
        var (padded, padding) = Space.Pad(space, spec.Padding, _window, _step, dense, 0);
        var mean = Mean(padded, padding);
        if (ReferenceEquals(padded, space))
            return mean;
        // An uneven border: the share of real values in each window makes up for the zeros.
        var real = torch.ones([1, 1, .. space.shape.Skip(2)], space.dtype, space.device);
        var (share, _) = Space.Pad(real, spec.Padding, _window, _step, dense, 0);
        return mean / Mean(share, padding);
    }

    private torch.Tensor Mean(torch.Tensor space, long[] padding) => space.dim() == 4
        ? functional.avg_pool2d(space, _window, _step, padding, count_include_pad: false)
        // libtorch averages volumes in full precision only.
        : functional.avg_pool3d(space.element_size() < 4 ? space.to(torch.float32) : space, _window, _step, padding, count_include_pad: false).to(space.dtype);
}

/// <summary>The largest value of each channel.</summary>
public sealed class GlobalMaxPooling(Specs.GlobalMaxPooling spec, LayerContext context) : Layer(spec, context)
{
    private readonly long[] _space = SpaceAxes.Of(spec);

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) => x.amax(_space, spec.Keepdims);
}

/// <summary>The mean value of each channel; steps of a sequence that the mask leaves out do not count.</summary>
public sealed class GlobalAveragePooling(Specs.GlobalAveragePooling spec, LayerContext context) : Layer(spec, context)
{
    private readonly long[] _space = SpaceAxes.Of(spec);

    /// <inheritdoc />
    public override bool SupportsMasking => spec.SpatialAxes == 1;

    /// <inheritdoc />
    public override torch.Tensor? ComputeMask(torch.Tensor x, torch.Tensor? mask) => null;

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        if (call.Mask is null || spec.SpatialAxes != 1)
            return x.mean(_space, spec.Keepdims);
        var counts = call.Mask.to(torch.@bool).unsqueeze(spec.Format == DataFormat.ChannelsLast ? 2 : 1); // (batch, steps, 1)
        var kept = x.masked_fill(counts.logical_not(), 0);
        return kept.sum(_space, spec.Keepdims) / counts.to(x.dtype).sum(_space, spec.Keepdims);
    }
}

/// <summary>The largest value of each part of the input.</summary>
public sealed class AdaptiveMaxPooling(Specs.AdaptiveMaxPooling spec, LayerContext context) : Layer(spec, context)
{
    private readonly long[] _size = Space.Sizes(spec.OutputSize);

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        var space = Space.Open(x, spec.Format);
        var y = space.dim() == 4 ? functional.adaptive_max_pool2d(space, _size) : Volumes(space);
        return Space.Close(y, spec.Format, spec.SpatialAxes);
    }

    /// <summary>First height and width of every layer of depth, then the depth: a maximum of maxima.</summary>
    private torch.Tensor Volumes(torch.Tensor x)
    {
        var (batch, channels, depth) = (x.size(0), x.size(1), x.size(2));
        var flat = functional.adaptive_max_pool2d(x.reshape(batch, channels * depth, x.size(3), x.size(4)), _size[1..]);
        var deep = functional.adaptive_max_pool2d(flat.reshape(batch, channels, depth, _size[1] * _size[2]), [_size[0], _size[1] * _size[2]]);
        return deep.reshape([batch, channels, .. _size]);
    }
}

/// <summary>The mean value of each part of the input.</summary>
public sealed class AdaptiveAveragePooling(Specs.AdaptiveAveragePooling spec, LayerContext context) : Layer(spec, context)
{
    private readonly long[] _size = Space.Sizes(spec.OutputSize);

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        var space = Space.Open(x, spec.Format);
        var y = space.dim() == 4 ? functional.adaptive_avg_pool2d(space, _size) : functional.adaptive_avg_pool3d(space, _size);
        return Space.Close(y, spec.Format, spec.SpatialAxes);
    }
}

/// <summary>Places of the spatial axes.</summary>
internal static class SpaceAxes
{
    /// <summary>The spatial axes of a layer's input.</summary>
    public static long[] Of(SpatialLayer spec) => [.. Enumerable.Range(spec.Format == DataFormat.ChannelsLast ? 1 : 2, spec.SpatialAxes).Select(axis => (long)axis)];
}
