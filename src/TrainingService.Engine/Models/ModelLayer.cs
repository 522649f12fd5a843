using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Engine.Layers;
using Conv = TrainingService.Engine.Layers.Conv;
using MaxPooling = TrainingService.Engine.Layers.MaxPooling;

namespace TrainingService.Engine.Models;

/// <summary>
/// Layers that call each other, as a layer: a Sequential or a Functional. What the dry run found out, which tensors every call takes and
/// gives, is kept as arrays of places, so that a batch looks nothing up.
/// </summary>
public sealed class ModelLayer : Layer
{
    private readonly Step[] _steps;
    private readonly int[] _inputs, _outputs;
    private readonly int[]? _order;
    private readonly ModelWalk _walk;

    /// <summary>Builds every layer; their weights are this one's.</summary>
    public ModelLayer(ModelSpec spec, LayerContext context) : base(spec, context)
    {
        _walk = ModelWalk.Inside(spec, context.InputShapes, context.Call.InputNames);
        Layers = [.. _walk.Steps.Select(step => Sublayer(step.Layer, step.Layer.Name!, step.Inputs, step.Call))];
        _inputs = [.. _walk.InputPlaces];
        _outputs = [.. _walk.OutputPlaces];
        _order = ModelWalk.Order(spec, context.Call.InputNames) is { } order ? [.. order] : null;
        _steps = [.. Plan()];
        ActivateAfterPooling();
    }

    /// <summary>The layers in the model's order.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <inheritdoc />
    public override bool SupportsMasking => true;

    /// <inheritdoc />
    public override IReadOnlyList<KerasTensor> Call(IReadOnlyList<KerasTensor> inputs, CallContext call)
    {
        var places = new KerasTensor[_walk.Places];
        for (var i = 0; i < _inputs.Length; i++)
        {
            var input = inputs[_order is null ? i : _order[i]];
            var wanted = _walk.Inputs[i];
            places[_inputs[i]] = input with { Value = Engine.Layers.InputLayer.Enter(input.Value, wanted.Dtype, wanted.Shape.Rank, Dtype) };
        }
        if (torch.is_grad_enabled())
            Run(places, call);
        else
            RunFreeing(places, call);
        var results = new KerasTensor[_outputs.Length];
        for (var i = 0; i < results.Length; i++)
            results[i] = places[_outputs[i]];
        return results;
    }

    private void Run(KerasTensor[] places, CallContext call)
    {
        foreach (var step in _steps)
        {
            var outputs = step.Layer.Apply(call.For(step.Form, Gather(places, step)));
            for (var i = 0; i < step.Outputs.Length; i++)
                places[step.Outputs[i]] = outputs[i];
        }
    }

    /// <summary>Without gradients, what a layer leaves behind is freed at once, and its output after the last call that takes it.</summary>
    private void RunFreeing(KerasTensor[] places, CallContext call)
    {
        var owned = new bool[places.Length];
        foreach (var step in _steps)
        {
            var tensors = Gather(places, step);
            using (var scope = torch.NewDisposeScope())
            {
                var losses = call.Losses.Count;
                var outputs = step.Layer.Apply(call.For(step.Form, tensors));
                for (var i = 0; i < step.Outputs.Length; i++)
                {
                    var (value, mask) = places[step.Outputs[i]] = outputs[i];
                    owned[step.Outputs[i]] = Keep(scope, value);
                    if (mask is not null)
                        Keep(scope, mask);
                }
                for (var i = losses; i < call.Losses.Count; i++)
                    Keep(scope, call.Losses[i]);
            }
            // A layer may pass its input on as it is (Dropout): then it lives as long as the output.
            foreach (var place in step.Tensors.Where(place => step.Outputs.Any(output => ReferenceEquals(places[output].Value, places[place].Value))))
                owned[place] = false;
            // Or give the same tensor twice (an LSTM's output is its state): then it lives as long as the scope around.
            if (step.Outputs.Length > 1)
            {
                foreach (var place in step.Outputs.Where(place => step.Outputs.Any(other => other != place && ReferenceEquals(places[other].Value, places[place].Value))))
                    owned[place] = false;
            }
            foreach (var place in step.Last.Where(place => owned[place]))
                places[place].Value.Dispose();
        }
    }

    private static KerasTensor[] Gather(KerasTensor[] places, Step step)
    {
        var tensors = new KerasTensor[step.Tensors.Length];
        for (var i = 0; i < tensors.Length; i++)
            tensors[i] = places[step.Tensors[i]];
        return tensors;
    }

    /// <summary>Keeps a tensor beyond the scope.</summary>
    /// <returns>Whether it was made in the scope; what a layer only passes on, or keeps itself, was not.</returns>
    private static bool Keep(DisposeScope scope, torch.Tensor tensor)
    {
        if (!scope.Contains(tensor))
            return false;
        tensor.MoveToOuterDisposeScope();
        return true;
    }

    private IEnumerable<Step> Plan()
    {
        var lastUse = new Dictionary<int, int>();
        for (var i = 0; i < _walk.Calls.Count; i++)
        {
            foreach (var place in _walk.Calls[i].Tensors.Concat(_walk.Calls[i].Outputs))
                lastUse[place] = i;
        }
        var kept = _walk.OutputPlaces.ToHashSet();
        var freed = lastUse.Where(use => !kept.Contains(use.Key)).ToLookup(use => use.Value, use => use.Key);
        return _walk.Calls.Select((call, i) => new Step(Layers[call.Step], call.Form, [.. call.Tensors], [.. call.Outputs], [.. freed[i]]));
    }

    /// <summary>
    /// Where nothing but a maximum pooling takes a convolution's output, relu is applied to the maxima: the same values and gradients
    /// for a quarter of the work.
    /// </summary>
    private void ActivateAfterPooling()
    {
        var calls = _steps.CountBy(step => step.Layer).ToDictionary();
        var takers = _steps.SelectMany(step => step.Tensors, (step, place) => (step, place)).ToLookup(pair => pair.place, pair => pair.step);
        foreach (var step in _steps)
        {
            if (step is { Layer: Conv convolution, Outputs: [var output] } && !_outputs.Contains(output) && calls[convolution] == 1
                && takers[output].ToArray() is [{ Layer: MaxPooling pooling }] && calls[pooling] == 1
                && convolution.GiveActivationAway() is { } activation)
                pooling.TakeActivation(activation);
        }
    }

    /// <summary>One call.</summary>
    /// <param name="Layer">Which layer.</param>
    /// <param name="Form">How it is called.</param>
    /// <param name="Tensors">Where its arguments lie.</param>
    /// <param name="Outputs">Where its outputs go.</param>
    /// <param name="Last">Places that nothing uses afterwards.</param>
    private sealed record Step(Layer Layer, CallForm Form, int[] Tensors, int[] Outputs, int[] Last);
}
