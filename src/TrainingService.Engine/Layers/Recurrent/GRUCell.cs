using TorchSharp;
using TrainingService.Contracts.Activations;
using TrainingService.Engine.Activations;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Gated recurrent unit, one step; the kernels hold the gates z, r, h side by side.</summary>
public sealed class GRUCell(Specs.GRUCell spec, LayerContext context) : UnitsCell(spec, context)
{
    private readonly Func<Tensor, Tensor> _activation = ActivationTable.Find(spec.Activation), _gate = ActivationTable.Find(spec.RecurrentActivation);

    /// <inheritdoc />
    protected override bool RunsNatively(CallContext call) =>
        spec is { Activation: Activation.Tanh, RecurrentActivation: Activation.Sigmoid, ResetsAfter: true } && DropsSequenceOnly(call);

    /// <inheritdoc />
    protected override (Tensor? Outputs, IReadOnlyList<Tensor> States) RunNative(
        Tensor sequence, IReadOnlyList<Tensor> states, bool sequences, CallContext call) =>
        NativeRecurrence.Gru(
            Drop(sequence, call), states[0],
            Bias is { } bias ? [AsLibtorch(Kernel), AsLibtorch(RecurrentKernel), AsLibtorch(bias[0]), AsLibtorch(bias[1])] : [AsLibtorch(Kernel), AsLibtorch(RecurrentKernel)],
            call.Training);

    /// <inheritdoc />
    protected override Func<int, IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> Steps(Tensor sequence, CallContext call)
    {
        var bias = Bias;
        var inputs = Project(sequence, spec.ResetsAfter ? bias?[0] : bias, call);
        var stateBias = spec.ResetsAfter ? bias?[1].chunk(3) : null;
        var kernels = Value("recurrent_kernel").unflatten(1, [3, Units]).permute(1, 0, 2); // (gates, units, units)
        var (kernelZR, kernelH) = (Value("recurrent_kernel").narrow(1, 0, 2 * Units), kernels[2]);
        Tensor? mask = null;
        return (time, states) =>
        {
            var h = states[0];
            mask ??= StateMask(h, call);
            var x = inputs[time].chunk(3, 1);
            var (stateZ, stateR) = mask is null ? Halves(mm(h, kernelZR)) : (mm(h * mask[0], kernels[0]), mm(h * mask[1], kernels[1]));
            var z = _gate(x[0] + Plus(stateZ, stateBias?[0]));
            var r = _gate(x[1] + Plus(stateR, stateBias?[1]));
            var state = mask is null ? h : h * mask[2];
            var candidate = _activation(x[2] + (spec.ResetsAfter ? r * Plus(mm(state, kernelH), stateBias?[2]) : mm(r * state, kernelH)));
            return [z * h + (1 - z) * candidate];
        };
    }

    private static Tensor Plus(Tensor x, Tensor? bias) => bias is null ? x : x + bias;

    private static (Tensor, Tensor) Halves(Tensor x) => x.chunk(2, 1) is [var first, var second] ? (first, second) : throw new ArgumentException("expected an axis of even size.");

    /// <summary>libtorch's order of the gates is r, z, h.</summary>
    private static Tensor AsLibtorch(Tensor gates) => gates.chunk(3) is [var z, var r, var h] ? cat([r, z, h]) : throw new ArgumentException("expected three gates.");
}
