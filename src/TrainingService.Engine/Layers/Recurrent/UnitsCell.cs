using TorchSharp;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>What the cells of units share: kernels of several gates side by side, and dropout with one mask for all steps.</summary>
public abstract class UnitsCell : Cell
{
    private readonly Specs.UnitsCell _spec;
    private readonly Dropout? _dropout, _recurrentDropout;
    private readonly bool _maskPerGate;

    /// <summary>Builds the cell.</summary>
    protected UnitsCell(Specs.UnitsCell spec, LayerContext context)
        // (gates · units, in) in memory, so that the transposed view is what libtorch wants.
        : base(spec, context, weight => weight is "kernel" or "recurrent_kernel" ? [1, 0] : null)
    {
        _spec = spec;
        _maskPerGate = spec is Specs.GatedCell gated && (gated.Implementation == 1 || spec.RecurrentDropout > 0);
        if (spec.Dropout > 0)
            _dropout = (Dropout)Sublayer(new Specs.Dropout(spec.Dropout) { Seed = spec.Seed }, "dropout", [context.InputShape]);
        if (spec.RecurrentDropout > 0)
            _recurrentDropout = (Dropout)Sublayer(new Specs.Dropout(spec.RecurrentDropout) { Seed = spec.Seed + 1 }, "recurrent_dropout", [OutputShape]);
    }

    /// <summary>Size of the output and of each state.</summary>
    protected int Units => _spec.Units;

    /// <summary>The kernel as libtorch wants it, (gates · units, in).</summary>
    protected Tensor Kernel => Value("kernel").t();

    /// <summary>The kernel of the state as libtorch wants it, (gates · units, units).</summary>
    protected Tensor RecurrentKernel => Value("recurrent_kernel").t();

    /// <summary>The bias, or null.</summary>
    protected Tensor? Bias => ValueOrNull("bias");

    /// <summary>Whether dropout is the same for all gates, so that it is a matter of the sequence alone.</summary>
    protected bool DropsSequenceOnly(CallContext call) => !call.Training || (_recurrentDropout is null && (_dropout is null || !_maskPerGate));

    /// <summary>The sequence, (batch, time, in), with one dropout mask for all steps.</summary>
    protected Tensor Drop(Tensor sequence, CallContext call) =>
        _dropout is null || !call.Training ? sequence : sequence * _dropout.Call(ones_like(sequence.select(1, 0)), call).unsqueeze(1);

    /// <summary>Every step's product with the kernel, plus the bias: (time, batch, gates · units).</summary>
    protected Tensor[] Project(Tensor sequence, Tensor? bias, CallContext call)
    {
        Tensor projected;
        if (_dropout is not null && call.Training && _maskPerGate)
        {
            // (gates, batch, 1, in): each gate sees the sequence with a mask of its own.
            var masks = _dropout.Call(sequence.select(1, 0).unsqueeze(0).expand(_spec.Gates, -1, -1).ones_like(), call).unsqueeze(2);
            projected = cat(Kernel.chunk(_spec.Gates).Select((kernel, gate) => nn.functional.linear(sequence * masks[gate], kernel)).ToArray(), -1);
            projected = bias is null ? projected : projected + bias;
        }
        else
        {
            projected = nn.functional.linear(Drop(sequence, call), Kernel, bias); // (batch, time, gates · units)
        }
        return projected.unbind(1);
    }

    /// <summary>The dropout mask of the state: (batch, units), or (gates, batch, units) with one for each gate; null without recurrent dropout.</summary>
    protected Tensor? StateMask(Tensor state, CallContext call)
    {
        if (_recurrentDropout is null || !call.Training)
            return null;
        return _recurrentDropout.Call(_spec.Gates == 1 ? ones_like(state) : state.unsqueeze(0).expand(_spec.Gates, -1, -1).ones_like(), call);
    }
}
