using TorchSharp;
using TrainingService.Contracts.Layers;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Two recurrent layers over the same sequence, one from each end.</summary>
public sealed class Bidirectional : Layer
{
    private readonly Specs.Bidirectional _spec;
    private readonly Layer _forward, _backward;

    /// <summary>Builds both layers.</summary>
    public Bidirectional(Specs.Bidirectional spec, LayerContext context) : base(spec, context)
    {
        _spec = spec;
        _forward = Sublayer(spec.Forward, spec.Forward.Name!, [context.InputShape]);
        _backward = Sublayer(spec.Backward, spec.Backward.Name!, [context.InputShape]);
    }

    /// <inheritdoc />
    public override IReadOnlyList<KerasTensor> Call(IReadOnlyList<KerasTensor> inputs, CallContext call)
    {
        var states = call.Has("initial_state") ? call.Tensors("initial_state") : [.. inputs.Skip(1).Select(state => state.Value)];
        var half = states.Count / 2;
        var ahead = _forward.Apply(call.For([inputs[0], .. states.Take(half).Select(state => new KerasTensor(state))]));
        var back = _backward.Apply(call.For([inputs[0], .. states.Skip(half).Select(state => new KerasTensor(state))]));
        var (y, reversed) = (ahead[0].Value, back[0].Value);
        if (_spec.Layer.ReturnSequences)
            reversed = reversed.flip(1);
        return [.. Merge(y, reversed).Select(output => new KerasTensor(output)), .. ahead.Skip(1), .. back.Skip(1)];
    }

    private Tensor[] Merge(Tensor forward, Tensor backward) => _spec.MergeMode switch
    {
        MergeMode.Concat => [cat([forward, backward], -1)],
        MergeMode.Sum => [forward + backward],
        MergeMode.Mul => [forward * backward],
        MergeMode.Ave => [(forward + backward) / 2],
        _ => [forward, backward],
    };
}
