using TorchSharp;
using TrainingService.Contracts.Activations;
using TrainingService.Engine.Activations;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Long short-term memory, one step; the kernels hold the gates i, f, c, o side by side.</summary>
public sealed class LSTMCell : UnitsCell
{
    private readonly Specs.LSTMCell _spec;
    private readonly Func<Tensor, Tensor> _activation, _gate;

    /// <summary>Builds the cell; the bias of its forget gate begins at 1.</summary>
    public LSTMCell(Specs.LSTMCell spec, LayerContext context) : base(spec, context)
    {
        _spec = spec;
        (_activation, _gate) = (ActivationTable.Find(spec.Activation), ActivationTable.Find(spec.RecurrentActivation));
        if (spec.UnitForgetBias && Bias is not null)
        {
            using var noGrad = no_grad();
            using var forget = Variable("bias").Value.narrow(0, Units, Units);
            forget.fill_(1);
        }
    }

    /// <inheritdoc />
    protected override bool RunsNatively(CallContext call) =>
        _spec is { Activation: Activation.Tanh, RecurrentActivation: Activation.Sigmoid } && DropsSequenceOnly(call);

    /// <inheritdoc />
    protected override (Tensor? Outputs, IReadOnlyList<Tensor> States) RunNative(
        Tensor sequence, IReadOnlyList<Tensor> states, bool sequences, CallContext call)
    {
        var (x, kernel, recurrent, bias) = (Drop(sequence, call), Kernel, RecurrentKernel, Bias);
        return FusedLstm.Takes(x, states, kernel, recurrent)
            ? FusedLstm.Run(x, states, kernel, recurrent, bias, sequences)
            : NativeRecurrence.Lstm(x, states, bias is null ? [kernel, recurrent] : [kernel, recurrent, bias, zeros_like(bias)], call.Training);
    }

    /// <inheritdoc />
    protected override Func<int, IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> Steps(Tensor sequence, CallContext call)
    {
        var inputs = Project(sequence, Bias, call);
        var kernel = Value("recurrent_kernel");
        Tensor? mask = null, kernels = null;
        return (time, states) =>
        {
            var (h, c) = (states[0], states[1]);
            mask ??= StateMask(h, call);
            Tensor gates;
            if (mask is null)
            {
                gates = addmm(inputs[time], h, kernel, 1, 1);
            }
            else
            {
                kernels ??= kernel.unflatten(1, [4, Units]).permute(1, 0, 2); // (gates, units, units)
                gates = inputs[time] + bmm(h * mask, kernels).permute(1, 0, 2).flatten(1);
            }
            var parts = gates.chunk(4, 1);
            var (i, f, o) = (_gate(parts[0]), _gate(parts[1]), _gate(parts[3]));
            c = f * c + i * _activation(parts[2]);
            return [o * _activation(c), c];
        };
    }
}
