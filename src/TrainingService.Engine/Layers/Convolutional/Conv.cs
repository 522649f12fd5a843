using TorchSharp;
using TrainingService.Engine.Activations;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Convolution over one to three axes; the kernel is <c>(window…, in / groups, filters)</c>.</summary>
public sealed class Conv : Layer
{
    private readonly Specs.Conv _spec;
    private Func<torch.Tensor, torch.Tensor> _activation;
    private readonly long[] _window, _strides, _dilation;

    /// <summary>Builds the layer.</summary>
    public Conv(Specs.Conv spec, LayerContext context)
        // (filters, window…, in) in memory: the view that libtorch wants, (filters, in, window…), is then channels_last.
        : base(spec, context, weight => weight == "kernel" ? Space.OutputsFirst(spec.SpatialAxes) : null)
    {
        _spec = spec;
        _activation = ActivationTable.Find(spec.Activation);
        (_window, _strides, _dilation) = (Space.Sizes(spec.KernelSize), Space.Sizes(spec.Strides), Space.Sizes(spec.DilationRate));
    }

    /// <summary>Leaves the activation to the layer that takes the output.</summary>
    /// <returns>The activation, when it may as well come after a maximum: the larger of two values is still the larger one.</returns>
    internal Func<torch.Tensor, torch.Tensor>? GiveActivationAway()
    {
        if (_spec.Activation != Contracts.Activations.Activation.Relu || _spec.ActivityRegularizer is not null)
            return null;
        var given = _activation;
        _activation = y => y;
        return given;
    }

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        var space = Space.Open(x, _spec.Format); // (batch, in, space…)
        var (padded, padding) = Space.Pad(space, _spec.Padding, _window, _strides, _dilation, 0);
        var kernel = LoraKernel.Of(Value("kernel"), ValueOrNull("lora_kernel_a"), ValueOrNull("lora_kernel_b"), _spec.LoraAlpha);
        var y = Space.Convolve(padded, Space.Swap(Space.Kernel(kernel)), ValueOrNull("bias"), _strides, padding, _dilation, _spec.Groups);
        return _activation(Space.Close(y, _spec.Format, _spec.SpatialAxes)); // (batch, space'…, filters)
    }
}
