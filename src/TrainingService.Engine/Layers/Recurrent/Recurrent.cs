using TorchSharp;
using TrainingService.Engine.Checkpoints;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>A cell over a sequence: SimpleRNN, LSTM, GRU, RNN of any cell, and the convolutional ones.</summary>
public sealed class Recurrent : Layer
{
    private readonly Specs.RecurrentSpec _spec;
    private readonly Cell _cell;
    private readonly Device _device;
    private List<Tensor>? _carried;

    /// <summary>Builds the layer and its cell.</summary>
    public Recurrent(Specs.RecurrentSpec spec, LayerContext context) : base(spec, context)
    {
        _spec = spec;
        _device = context.Device;
        var step = Specs.RecurrentSpec.StepOf(context.InputShape);
        _cell = spec.StepCell is Specs.ConvLSTMCell cell
            ? Sublayer(cell, spec.CellName, [step], Specs.CallSpec.None, inner => new ConvLSTMCell(cell, inner))
            : (Cell)Sublayer(spec.StepCell, spec.CellName, [step]);
    }

    /// <inheritdoc />
    public override IReadOnlyList<KerasTensor> Call(IReadOnlyList<KerasTensor> inputs, CallContext call)
    {
        var (sequence, mask) = inputs[0];
        var given = call.Has("initial_state") ? call.Tensors("initial_state") : [.. inputs.Skip(1).Select(state => state.Value)];
        if (!sequence.is_floating_point())
            sequence = sequence.to(float32);
        mask = mask is null ? null : StepMask(mask, sequence);
        if (_spec.GoBackwards)
            (sequence, mask) = (sequence.flip(1), mask?.flip(1));

        var states = given.Count > 0 ? given : _carried is null ? _cell.ZeroStates(sequence) : CarriedFor(sequence);
        var wanted = new Wanted(_spec.ReturnSequences, _spec.ReturnState || _spec.Stateful, _spec.ZeroOutputForMask && !_spec.Unroll, _spec.Unroll);
        var run = _cell.Run(sequence, mask, states, wanted, call);

        if (_spec.Stateful)
            Carry(run.States);
        var output = new KerasTensor(_spec.ReturnSequences ? run.Outputs! : run.Last);
        return _spec.ReturnState ? [output, .. run.States.Select(state => new KerasTensor(state))] : [output];
    }

    /// <inheritdoc />
    public override void WriteState(StateWriter state)
    {
        base.WriteState(state);
        for (var i = 0; i < (_carried?.Count ?? 0); i++)
            state.Add($"carried_{i}", _carried![i]);
    }

    /// <inheritdoc />
    public override void ReadState(StateReader state)
    {
        base.ReadState(state);
        Forget();
        List<Tensor> carried = [];
        while (state.Find($"carried_{carried.Count}") is { } tensor)
            carried.Add(tensor.to(_device, copy: true).DetachFromDisposeScope());
        _carried = carried.Count == 0 ? null : carried;
    }

    /// <inheritdoc />
    public override void ResetState()
    {
        base.ResetState();
        Forget();
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Forget();
    }

    /// <summary>Which steps count, (batch, time): one that says more of a step counts it when any of that counts, one of rows counts all their steps.</summary>
    private Tensor StepMask(Tensor mask, Tensor sequence)
    {
        mask = mask.to(@bool);
        if (mask.dim() > 2)
            mask = mask.flatten(2).any(2);
        else if (mask.dim() < 2)
            mask = mask.reshape(-1, 1).expand(-1, sequence.shape[1]);
        return mask.shape[0] == sequence.shape[0] && mask.shape[1] == sequence.shape[1]
            ? mask
            : throw new ArgumentException($"{Name}: expected a mask of shape ({sequence.shape[0]}, {sequence.shape[1]}). Received: ({string.Join(", ", mask.shape)}).");
    }

    private List<Tensor> CarriedFor(Tensor sequence) =>
        _carried![0].shape[0] == sequence.shape[0]
            ? _carried
            : throw new ArgumentException($"{Name} is stateful and expects batches of {_carried[0].shape[0]} rows. Received: {sequence.shape[0]}.");

    private void Carry(IReadOnlyList<Tensor> states)
    {
        // Gradients end at the border between batches, as in Keras.
        var next = states.Select(state => state.detach().clone().DetachFromDisposeScope()).ToList();
        Forget();
        _carried = next;
    }

    private void Forget()
    {
        foreach (var state in _carried ?? [])
            state.Dispose();
        _carried = null;
    }
}
