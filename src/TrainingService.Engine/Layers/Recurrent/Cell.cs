using TorchSharp;
using TrainingService.Contracts.Layers;
using static TorchSharp.torch;

namespace TrainingService.Engine.Layers;

/// <summary>What a recurrent layer asks of its cell beside the sequence itself.</summary>
/// <param name="Outputs">Whether the outputs of all steps are wanted, or the last one only.</param>
/// <param name="States">Whether the last states are wanted.</param>
/// <param name="ZeroMasked">Whether the output of a masked step is zero instead of the output before it.</param>
/// <param name="Unrolled">Whether masked steps before the first other one give zeros instead of the initial state, as Keras's unrolled loop does.</param>
public readonly record struct Wanted(bool Outputs, bool States, bool ZeroMasked, bool Unrolled);

/// <summary>What a cell made of a sequence.</summary>
/// <param name="Last">The last output.</param>
/// <param name="Outputs">The outputs of all steps, (batch, time, …), when they are wanted.</param>
/// <param name="States">The last states, when they are wanted.</param>
public readonly record struct Run(Tensor Last, Tensor? Outputs, IReadOnlyList<Tensor> States);

/// <summary>A cell that computes: one step when it is called as a layer, whole sequences for a recurrent layer. Its output is its first state.</summary>
public abstract class Cell : Layer
{
    private readonly IReadOnlyList<Contracts.Shapes.Shape> _states;

    /// <summary>Builds the cell.</summary>
    protected Cell(CellSpec spec, LayerContext context, Func<string, int[]?>? memoryOrder = null)
        : base(spec, context, memoryOrder) => _states = spec.StateShapes(context.InputShape);

    /// <summary>Whether a native loop may stand in for the cell's steps. Default: true.</summary>
    internal bool MayRunNatively { get; set; } = true;

    /// <summary>States of zeros for a batch.</summary>
    public IReadOnlyList<Tensor> ZeroStates(Tensor batch) =>
        [.. _states.Select(state => batch.new_zeros([batch.shape[0], .. state.Skip(1).Select(size => size!.Value)], dtype: Kind(batch)))];

    /// <summary>Runs over a sequence.</summary>
    /// <param name="sequence">(batch, time, …).</param>
    /// <param name="mask">Which steps count, (batch, time), or null for all.</param>
    /// <param name="states">The states to begin with.</param>
    /// <param name="wanted">What is asked for.</param>
    /// <param name="call">Whether this is a training step.</param>
    public virtual Run Run(Tensor sequence, Tensor? mask, IReadOnlyList<Tensor> states, Wanted wanted, CallContext call)
    {
        if (sequence.shape[1] == 0)
            return new Run(states[0], sequence.new_zeros([sequence.shape[0], 0, .. states[0].shape[1..]], dtype: states[0].dtype), states);
        // Behind a mask the native loops give outputs, not states: of a cell with one state these are the same.
        var native = MayRunNatively && (mask is null || !wanted.States || states.Count == 1);
        return !native || !RunsNatively(call) ? Loop(sequence, mask, states, wanted, call)
            : mask is null ? Native(sequence, states, wanted, call)
            : MaskedSequences.Run(sequence, mask, states[0], wanted, packed => RunNative(packed, states, sequences: true, call).Outputs!);
    }

    /// <inheritdoc />
    public override IReadOnlyList<KerasTensor> Call(IReadOnlyList<KerasTensor> inputs, CallContext call)
    {
        var x = inputs[0].Value;
        var states = call.Has("states") ? call.Tensors("states") : [.. inputs.Skip(1).Select(state => state.Value)];
        var run = Run(x.unsqueeze(1), null, states.Count > 0 ? states : ZeroStates(x), new Wanted { States = true }, call);
        return [new KerasTensor(run.Last), .. run.States.Select(state => new KerasTensor(state))];
    }

    /// <summary>Whether <see cref="RunNative"/> computes what this call asks for.</summary>
    protected virtual bool RunsNatively(CallContext call) => false;

    /// <summary>A loop of native code, or of code as fast.</summary>
    /// <param name="sequence">(batch, time, features).</param>
    /// <param name="states">The states to begin with.</param>
    /// <param name="sequences">Whether the outputs of all steps are wanted.</param>
    /// <param name="call">Whether this is a training step.</param>
    /// <returns>The outputs of all steps, which may be null when nobody wants them, and the last states.</returns>
    protected virtual (Tensor? Outputs, IReadOnlyList<Tensor> States) RunNative(
        Tensor sequence, IReadOnlyList<Tensor> states, bool sequences, CallContext call) =>
        throw new NotSupportedException($"{GetType().Name} has no native loop.");

    /// <summary>Does once what is the same for all steps, and returns what is left for each: number of the step and states give the next states.</summary>
    protected abstract Func<int, IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> Steps(Tensor sequence, CallContext call);

    private Run Native(Tensor sequence, IReadOnlyList<Tensor> states, Wanted wanted, CallContext call)
    {
        var (outputs, last) = RunNative(sequence, states, wanted.Outputs, call);
        return new Run(last[0], wanted.Outputs ? outputs : null, last);
    }

    private Run Loop(Tensor sequence, Tensor? mask, IReadOnlyList<Tensor> states, Wanted wanted, CallContext call)
    {
        var next = Steps(sequence, call);
        var masks = mask?.unbind(1);
        var output = wanted.Unrolled ? zeros_like(states[0]) : states[0];
        List<Tensor> outputs = [];
        for (var time = 0; time < sequence.shape[1]; time++)
        {
            var after = next(time, states);
            if (masks is not null)
            {
                after = [.. after.Zip(states, (now, before) => where(Beside(masks[time], now), now, before))];
                output = wanted.ZeroMasked ? after[0].masked_fill(Beside(masks[time], after[0]).logical_not(), 0)
                    : wanted.Unrolled ? where(Beside(masks[time], after[0]), after[0], output)
                    : after[0];
            }
            else
            {
                output = after[0];
            }
            states = after;
            if (wanted.Outputs)
                outputs.Add(output);
        }
        return new Run(output, wanted.Outputs ? stack(outputs, 1) : null, states);
    }

    /// <summary>A mask of rows, (batch), as one that goes with a tensor (batch, …).</summary>
    private static Tensor Beside(Tensor mask, Tensor value) => mask.view([mask.shape[0], .. Enumerable.Repeat(1L, (int)value.dim() - 1)]);

    private static ScalarType Kind(Tensor batch) => batch.is_floating_point() ? batch.dtype : float32;
}
