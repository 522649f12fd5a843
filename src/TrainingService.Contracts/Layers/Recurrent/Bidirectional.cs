using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>How the outputs of the two directions become one.</summary>
public enum MergeMode
{
    /// <summary>Side by side along the last axis.</summary>
    Concat,

    /// <summary>Added.</summary>
    Sum,

    /// <summary>Multiplied.</summary>
    Mul,

    /// <summary>Their mean.</summary>
    Ave,
}

/// <summary>Two recurrent layers over the same sequence, one from each end.</summary>
/// <param name="Layer">The layer; it is copied for the other direction where <paramref name="BackwardLayer"/> is null.</param>
/// <param name="MergeMode">How the outputs become one; null leaves them two. Default: concat.</param>
/// <param name="BackwardLayer">A layer of its own for the other direction. Default: none.</param>
/// <remarks>
/// Input <c>(batch, time, …)</c> → the merged output, then the states of the forward and of the backward layer when they return states.
/// With return_sequences the outputs of masked steps are zero. An initial_state holds the forward layer's states, then the backward's.
/// </remarks>
public sealed record Bidirectional(RecurrentSpec Layer, [NullAllowed] MergeMode? MergeMode = Layers.MergeMode.Concat, RecurrentSpec? BackwardLayer = null) : LayerSpec
{
    private static readonly string[] Prefixes = ["forward_", "backward_"];

    /// <inheritdoc />
    public override IReadOnlyList<string> CallParameters => Layer.CallParameters;

    /// <summary>The layer of the first direction, named.</summary>
    public RecurrentSpec Forward => Named(Layer, Prefixes[0]) with { ZeroOutputForMask = Layer.ReturnSequences };

    /// <summary>The layer of the other direction, named.</summary>
    public RecurrentSpec Backward => BackwardLayer is { } own
        ? own with { Name = own.Name ?? Stem(own), ZeroOutputForMask = own.ReturnSequences }
        : Named(Layer, Prefixes[1]) with { GoBackwards = true, ZeroOutputForMask = Layer.ReturnSequences };

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with
    {
        Layer = (RecurrentSpec)Forward.WithDefaults(),
        BackwardLayer = (RecurrentSpec)Backward.WithDefaults(),
    };

    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => OutputShapes([input], CallSpec.None)[0];

    /// <inheritdoc />
    public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs, CallSpec call)
    {
        if (inputs.Count == 0)
            throw new SpecException("expected a sequence. Received: none.");
        var (forward, backward) = (Forward, Backward);
        CheckDirections(forward, backward);
        var (ahead, back) = (forward.OutputShapes([inputs[0]], CallSpec.None), backward.OutputShapes([inputs[0]], CallSpec.None));
        var step = RecurrentSpec.StepOf(inputs[0]);
        CellSpec.CheckStates(
            call.Has("initial_state") ? call.Shapes("initial_state") : [.. inputs.Skip(1)],
            [.. forward.StepCell.StateShapes(step), .. backward.StepCell.StateShapes(step)], "initial_state");
        return [.. Merge(ahead[0], back[0]), .. ahead.Skip(1), .. back.Skip(1)];
    }

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input)
    {
        var (forward, backward) = (Forward, Backward);
        return [.. Within(forward, forward.Name!, forward.Weights(input)), .. Within(backward, backward.Name!, backward.Weights(input))];
    }

    private IReadOnlyList<Shape> Merge(Shape forward, Shape backward)
    {
        if (MergeMode is null)
            return [forward, backward];
        if (MergeMode == Layers.MergeMode.Concat)
        {
            return forward.WithLast(null).IsCompatibleWith(backward.WithLast(null))
                ? [forward.WithLast(forward[-1] + backward[-1])]
                : throw new SpecException($"concat expects outputs that differ in the last axis only. Received: {forward} and {backward}.", "merge_mode");
        }
        return forward.IsCompatibleWith(backward)
            ? [forward]
            : throw new SpecException($"expected outputs of one shape, or merge_mode \"concat\". Received: {forward} and {backward}.", "merge_mode");
    }

    private static void CheckDirections(RecurrentSpec forward, RecurrentSpec backward)
    {
        if (forward.GoBackwards == backward.GoBackwards)
            throw new SpecException($"expected layers of different directions. Received: go_backwards {forward.GoBackwards} for both.", "backward_layer");
        Same("stateful", forward.Stateful, backward.Stateful);
        Same("return_sequences", forward.ReturnSequences, backward.ReturnSequences);
        Same("return_state", forward.ReturnState, backward.ReturnState);
        if (forward.Name == backward.Name)
            throw new SpecException($"expected layers of different names. Received: {forward.Name} for both.", "backward_layer");
    }

    private static void Same(string field, bool forward, bool backward)
    {
        if (forward != backward)
            throw new SpecException($"expected the same {field} for both directions. Received: {forward} and {backward}.", "backward_layer");
    }

    private static RecurrentSpec Named(RecurrentSpec layer, string prefix)
    {
        var name = layer.Name ?? Stem(layer);
        return layer with { Name = name.StartsWith(prefix, StringComparison.Ordinal) ? name : prefix + name };
    }

    private static string Stem(RecurrentSpec layer) => KerasKind.SnakeCase(KerasKind.ClassName(layer.GetType()));
}
