using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Engine.Activations;
using static TorchSharp.torch;
using Padding = TrainingService.Contracts.Layers.Padding;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Long short-term memory over images, one step; the kernels hold the gates i, f, c, o side by side.</summary>
public sealed class ConvLSTMCell : Cell
{
    private readonly ConvLSTM _spec;
    private readonly Func<Tensor, Tensor> _activation, _gate;
    private readonly long[] _window, _strides, _dilation, _ones;
    private readonly Dropout? _dropout, _recurrentDropout;

    /// <summary>Builds the cell; the bias of its forget gate begins at 1.</summary>
    public ConvLSTMCell(Specs.ConvLSTMCell spec, LayerContext context)
        // (4 · filters, window…, in) in memory: the view that libtorch wants, (4 · filters, in, window…), is then channels_last.
        : base(spec, context, weight => weight == "bias" ? null : Space.OutputsFirst(spec.Layer.SpatialAxes))
    {
        _spec = spec.Layer;
        (_activation, _gate) = (ActivationTable.Find(_spec.Activation), ActivationTable.Find(_spec.RecurrentActivation));
        (_window, _strides, _dilation) = (Space.Sizes(_spec.KernelSize), Space.Sizes(_spec.Strides), Space.Sizes(_spec.DilationRate));
        _ones = [.. Enumerable.Repeat(1L, _window.Length)];
        if (_spec.Dropout > 0)
            _dropout = (Dropout)Sublayer(new Specs.Dropout(_spec.Dropout) { Seed = _spec.Seed }, "dropout", [context.InputShape]);
        if (_spec.RecurrentDropout > 0)
            _recurrentDropout = (Dropout)Sublayer(new Specs.Dropout(_spec.RecurrentDropout) { Seed = _spec.Seed + 1 }, "recurrent_dropout", [OutputShape]);
        if (_spec.UnitForgetBias && _spec.UseBias)
        {
            using var noGrad = no_grad();
            using var forget = Variable("bias").Value.narrow(0, _spec.Filters, _spec.Filters);
            forget.fill_(1);
        }
    }

    private int ChannelAxis => _spec.DataFormat == DataFormat.ChannelsLast ? -1 : 1;

    /// <inheritdoc />
    protected override Func<int, IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> Steps(Tensor sequence, CallContext call)
    {
        var kernel = Value("recurrent_kernel");
        var inputs = Project(sequence, call);
        Tensor[]? masks = null;
        return (time, states) =>
        {
            var (h, c) = (states[0], states[1]);
            if (call.Training && _recurrentDropout is not null)
                masks ??= Masks(_recurrentDropout, h, call);
            var products = masks is null
                ? Convolve(h, kernel, null, Padding.Same, _ones, _ones)
                : cat(masks.Zip(kernel.chunk(4, -1), (mask, part) => Convolve(h * mask, part, null, Padding.Same, _ones, _ones)).ToArray(), ChannelAxis);
            var parts = (inputs[time] + products).chunk(4, ChannelAxis);
            var (i, f, o) = (_gate(parts[0]), _gate(parts[1]), _gate(parts[3]));
            c = f * c + i * _activation(parts[2]);
            return [o * _activation(c), c];
        };
    }

    /// <summary>Every step's convolution with the kernel, all of them at once: (time, batch, …, 4 · filters).</summary>
    private Tensor[] Project(Tensor sequence, CallContext call)
    {
        var (kernel, bias) = (Value("kernel"), ValueOrNull("bias"));
        Tensor y;
        if (call.Training && _dropout is not null)
        {
            var masks = Masks(_dropout, sequence.select(1, 0), call);
            var biases = bias?.chunk(4);
            y = cat(kernel.chunk(4, -1).Select((part, gate) => OfSteps(sequence * masks[gate].unsqueeze(1), part, biases?[gate])).ToArray(), ChannelAxis);
        }
        else
        {
            y = OfSteps(sequence, kernel, bias);
        }
        return y.unflatten(0, [sequence.shape[0], sequence.shape[1]]).unbind(1);
    }

    private Tensor OfSteps(Tensor sequence, Tensor kernel, Tensor? bias) => Convolve(sequence.flatten(0, 1), kernel, bias, _spec.Padding, _strides, _dilation);

    private Tensor Convolve(Tensor x, Tensor kernel, Tensor? bias, Padding padding, long[] strides, long[] dilation)
    {
        var (padded, border) = Space.Pad(Space.Open(x, _spec.DataFormat), padding, _window, strides, dilation, 0);
        var y = Space.Convolve(padded, Space.Swap(Space.Kernel(kernel)), bias, strides, border, dilation, 1);
        return Space.Close(y, _spec.DataFormat, _spec.SpatialAxes);
    }

    /// <summary>One dropout mask for each gate.</summary>
    private static Tensor[] Masks(Dropout dropout, Tensor x, CallContext call) => [.. Enumerable.Range(0, 4).Select(_ => dropout.Call(ones_like(x), call))];
}
