using TorchSharp;
using TrainingService.Engine.Activations;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Convolution of every channel by itself, over one or two axes; the kernel is <c>(window…, in, depth_multiplier)</c>.</summary>
public sealed class DepthwiseConv : Layer
{
    private readonly Specs.DepthwiseConv _spec;
    private readonly Func<torch.Tensor, torch.Tensor> _activation;
    private readonly PerChannel _convolution;

    /// <summary>Builds the layer.</summary>
    public DepthwiseConv(Specs.DepthwiseConv spec, LayerContext context)
        : base(spec, context, weight => weight == "kernel" ? Space.ChannelsFirst(spec.SpatialAxes) : null)
    {
        _spec = spec;
        _activation = ActivationTable.Find(spec.Activation);
        _convolution = new PerChannel(spec);
    }

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        var y = _convolution.Call(Space.Open(x, _spec.Format), Value("kernel"), ValueOrNull("bias"));
        return _activation(Space.Close(y, _spec.Format, _spec.SpatialAxes)); // (batch, space'…, in · depth_multiplier)
    }
}

/// <summary>Convolution of every channel by itself, then one that mixes them.</summary>
public sealed class SeparableConv : Layer
{
    private readonly Specs.SeparableConv _spec;
    private readonly Func<torch.Tensor, torch.Tensor> _activation;
    private readonly PerChannel _convolution;

    /// <summary>Builds the layer.</summary>
    public SeparableConv(Specs.SeparableConv spec, LayerContext context)
        : base(spec, context, weight => weight switch
        {
            "depthwise_kernel" => Space.ChannelsFirst(spec.SpatialAxes),
            "pointwise_kernel" => Space.OutputsFirst(spec.SpatialAxes),
            _ => null,
        })
    {
        _spec = spec;
        _activation = ActivationTable.Find(spec.Activation);
        _convolution = new PerChannel(spec);
    }

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        var channels = _convolution.Call(Space.Open(x, _spec.Format), Value("depthwise_kernel"), bias: null);
        var kernel = Space.Swap(Space.Kernel(Value("pointwise_kernel"))); // (filters, in · depth_multiplier, 1…)
        var y = Space.Convolve(channels, kernel, ValueOrNull("bias"), [1, 1], [0, 0], [1, 1], groups: 1);
        return _activation(Space.Close(y, _spec.Format, _spec.SpatialAxes)); // (batch, space'…, filters)
    }
}

/// <summary>The step that depthwise and separable convolutions share.</summary>
/// <param name="spec">Window, strides, padding.</param>
internal sealed class PerChannel(Specs.PerChannelConvolution spec)
{
    private readonly long[] _window = Space.Sizes(spec.KernelSize), _strides = Space.Sizes(spec.Strides), _dilation = Space.Sizes(spec.DilationRate);

    /// <summary>(batch, in, space…) → (batch, in · multiplier, space'…).</summary>
    /// <param name="space">The input as libtorch takes it.</param>
    /// <param name="kernel">(window…, in, multiplier).</param>
    /// <param name="bias">(in · multiplier), or null.</param>
    public torch.Tensor Call(torch.Tensor space, torch.Tensor kernel, torch.Tensor? bias)
    {
        var (padded, padding) = Space.Pad(space, spec.Padding, _window, _strides, _dilation, 0);
        var window = Space.Kernel(kernel);
        var channels = window.permute(2, 3, 0, 1).reshape(-1, 1, _window[0], _window[1]); // (in · multiplier, 1, window…)
        return Space.Convolve(padded, channels, bias, _strides, padding, _dilation, groups: space.size(1));
    }
}
