using TorchSharp;
using TrainingService.Contracts.Activations;
using TrainingService.Engine.Activations;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Fully connected recurrence: <c>h' = activation(x·W + h·U + b)</c>.</summary>
public sealed class SimpleRNNCell(Specs.SimpleRNNCell spec, LayerContext context) : UnitsCell(spec, context)
{
    private readonly Func<Tensor, Tensor> _activation = ActivationTable.Find(spec.Activation);

    /// <inheritdoc />
    protected override bool RunsNatively(CallContext call) => spec.Activation is Activation.Tanh or Activation.Relu && DropsSequenceOnly(call);

    /// <inheritdoc />
    protected override (Tensor? Outputs, IReadOnlyList<Tensor> States) RunNative(
        Tensor sequence, IReadOnlyList<Tensor> states, bool sequences, CallContext call) =>
        NativeRecurrence.Simple(
            spec.Activation == Activation.Relu, Drop(sequence, call), states[0],
            Bias is { } bias ? [Kernel, RecurrentKernel, bias, zeros_like(bias)] : [Kernel, RecurrentKernel], call.Training);

    /// <inheritdoc />
    protected override Func<int, IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> Steps(Tensor sequence, CallContext call)
    {
        var inputs = Project(sequence, Bias, call);
        var kernel = Value("recurrent_kernel");
        Tensor? mask = null;
        return (time, states) =>
        {
            mask ??= StateMask(states[0], call);
            return [_activation(addmm(inputs[time], mask is null ? states[0] : states[0] * mask, kernel, 1, 1))];
        };
    }
}
