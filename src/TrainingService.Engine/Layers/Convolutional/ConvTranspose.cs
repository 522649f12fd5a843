using TorchSharp;
using TrainingService.Engine.Activations;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Transposed convolution over one to three axes; the kernel is <c>(window…, filters, in)</c>.</summary>
public sealed class ConvTranspose : Layer
{
    private readonly Specs.ConvTranspose _spec;
    private readonly Func<torch.Tensor, torch.Tensor> _activation;
    private readonly long[] _strides, _dilation, _cut;

    /// <summary>Builds the layer.</summary>
    public ConvTranspose(Specs.ConvTranspose spec, LayerContext context)
        // (in, window…, filters) in memory: the view that libtorch wants, (in, filters, window…), is then channels_last.
        : base(spec, context, weight => weight == "kernel" ? Space.OutputsFirst(spec.SpatialAxes) : null)
    {
        _spec = spec;
        _activation = ActivationTable.Find(spec.Activation);
        (_strides, _dilation) = (Space.Sizes(spec.Strides), Space.Sizes(spec.DilationRate));
        _cut = Space.Sizes([.. Enumerable.Range(0, spec.SpatialAxes).Select(axis => (int)spec.CutBefore(axis))], added: 0);
    }

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call)
    {
        var space = Space.Open(x, _spec.Format); // (batch, in, space…)
        var kernel = Space.Swap(Space.Kernel(Value("kernel"))); // (in, filters, window…)
        // libtorch cuts as much from the end as from the beginning; what then misses or is too much at the end is added or cut.
        var rest = new long[_cut.Length];
        for (var axis = 0; axis < rest.Length; axis++)
            rest[axis] = Wanted(axis, space.size(axis + 2)) - Natural(axis, space.size(axis + 2), kernel.size(axis + 2));
        var native = rest.Select((size, axis) => Math.Clamp(size, 0, Math.Max(_strides[axis], _dilation[axis]) - 1)).ToArray();
        var bias = ValueOrNull("bias");
        var fits = native.AsSpan().SequenceEqual(rest);
        var y = space.dim() == 4
            ? torch.nn.functional.conv_transpose2d(space, kernel, fits ? bias : null, _strides, _cut, native, _dilation)
            : torch.nn.functional.conv_transpose3d(space, kernel, fits ? bias : null, _strides, _cut, native, _dilation);
        if (!fits)
        {
            // A negative border cuts.
            y = torch.nn.functional.pad(y, Space.Borders([.. rest.Zip(native, (all, done) => (0L, all - done))]));
            y = bias is null ? y : y + bias.view([1, -1, .. rest.Select(_ => 1L)]);
        }
        return _activation(Space.Close(y, _spec.Format, _spec.SpatialAxes)); // (batch, space'…, filters)
    }

    private long Natural(int axis, long size, long window) => (size - 1) * _strides[axis] + (window - 1) * _dilation[axis] + 1 - 2 * _cut[axis];

    /// <summary>The output's size along an axis; the height of a sequence stays 1.</summary>
    private long Wanted(int axis, long size) => _spec.SpatialAxes == 1 && axis == 0 ? 1 : _spec.Steps(size, axis - (_spec.SpatialAxes == 1 ? 1 : 0))!.Value;
}
