using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Engine.Activations;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Two-dimensional convolution; the kernel is <c>(h, w, in / groups, filters)</c>.</summary>
public sealed class Conv2D : Layer
{
    private readonly Specs.Conv2D _spec;
    private readonly Func<torch.Tensor, torch.Tensor> _activation;
    private readonly long[] _strides, _dilation;

    /// <summary>Builds the layer.</summary>
    public Conv2D(Specs.Conv2D spec, LayerContext context)
        // (filters, h, w, in) in memory: the view that libtorch wants, (filters, in, h, w), is then channels_last.
        : base(spec, context, weight => weight == "kernel" ? [3, 0, 1, 2] : null)
    {
        _spec = spec;
        _activation = ActivationTable.Find(spec.Activation);
        _strides = [spec.Step.Height, spec.Step.Width];
        _dilation = [spec.Dilation.Height, spec.Dilation.Width];
    }

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        var images = Images.ChannelsFirst(x, _spec.DataFormat); // (batch, in, height, width)
        var (padded, padding) = _spec.Padding == Specs.Padding.Same
            ? Images.PadSame(images, _spec.KernelSize, _spec.Step, _spec.Dilation, 0)
            : (images, [0, 0]);
        var y = torch.nn.functional.conv2d(padded, Value("kernel").permute(3, 2, 0, 1), ValueOrNull("bias"), _strides, padding, _dilation, _spec.Groups);
        return _activation(Images.Restore(y, _spec.DataFormat)); // (batch, height', width', filters)
    }
}
