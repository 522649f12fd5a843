using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Memory;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Models;

/// <summary>The walk through a graph: finds the order of the calls and asks every layer for its shapes.</summary>
internal sealed class FunctionalWalk
{
    private readonly Functional _model, _named;
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Layer, int Node), (int Place, IReadOnlyList<Shape> Shapes)> _done = [];
    private readonly ModelStep?[] _steps;
    private readonly List<ModelCall> _calls = [];
    private int _places;

    public FunctionalWalk(Functional model)
    {
        _model = model;
        _named = LayerNames.Fill(model);
        _steps = new ModelStep?[model.Layers.Count];
        for (var index = 0; index < _named.Layers.Count; index++)
        {
            var layer = _named.Layers[index].Layer;
            if (!_byName.TryAdd(layer.Name!, index))
                throw Broken(index, $"expected a name that no other layer has. Received: \"{layer.Name}\" again.", "name");
            if (layer is InputLayer != (_named.Layers[index].InboundNodes.Count == 0))
                throw Broken(index, layer is InputLayer ? "an InputLayer is the beginning of a graph: expected no inbound_nodes." : "expected at least one call in inbound_nodes. Received: none.");
        }
    }

    public ModelWalk Through(IReadOnlyList<Shape>? given)
    {
        var inputs = Enter(given);
        foreach (var (layer, node) in GraphOrder.Of(_named, _byName, Broken))
            Call(layer, node);
        List<int> places = [];
        List<ModelTensor> outputs = [];
        var keys = _named.OutputLayers.Paths();
        foreach (var reference in References(_named.OutputLayers, "output_layers"))
        {
            var (place, shape) = Find(reference) ?? throw new SpecException($"output_layers: {Text(reference)} is no output of the graph.", "output_layers");
            places.Add(place);
            outputs.Add(new ModelTensor(keys?[outputs.Count] ?? reference.Layer, shape));
        }
        return new ModelWalk(_model, Noted(), inputs, outputs, [.. _steps.Select(step => step!)], _calls, _places, [.. Enumerable.Range(0, inputs.Count)], places);
    }

    /// <summary>The model with what Keras notes about every tensor, its shape, where that is missing (as in files of Keras 2), and models inside likewise.</summary>
    private Functional Noted() => _named with
    {
        Layers = [.. _named.Layers.Select((layer, index) => new GraphLayer(
            layer.Layer is ModelSpec model ? ModelWalk.Inside(model, _steps[index]!.Inputs, _steps[index]!.Call.InputNames).Model : layer.Layer,
            [.. layer.InboundNodes.Select(node => new NodeSpec(
                [.. node.Args.Select(Note)], node.Kwargs.ToDictionary(argument => argument.Key, argument => Note(argument.Value), StringComparer.Ordinal)))]))],
    };

    private CallValue Note(CallValue value) => value switch
    {
        TensorRef { Shape: null } reference => reference with { Shape = Find(reference)!.Value.Shape },
        CallList list => new CallList([.. list.Items.Select(Note)]),
        CallTable table => new CallTable([.. table.Items.Select(item => KeyValuePair.Create(item.Key, Note(item.Value)))]),
        _ => value,
    };

    /// <summary>The inputs take the first places.</summary>
    private List<ModelTensor> Enter(IReadOnlyList<Shape>? given)
    {
        var references = References(_named.InputLayers, "input_layers");
        var keys = _named.InputLayers.Paths();
        if (given is not null && given.Count != references.Count)
            throw new SpecException($"the model takes {references.Count} inputs ({string.Join(", ", references.Select(input => input.Layer))}). Received: {given.Count}.");
        List<ModelTensor> inputs = [];
        foreach (var reference in references)
        {
            if (!_byName.TryGetValue(reference.Layer, out var index) || _named.Layers[index].Layer is not InputLayer entrance)
                throw new SpecException($"input_layers: expected an InputLayer of the model. Received: \"{reference.Layer}\".", "input_layers");
            if (_done.ContainsKey((index, 0)))
                throw new SpecException($"input_layers: expected every InputLayer once. Received: \"{reference.Layer}\" again.", "input_layers");
            var shape = given?[inputs.Count] ?? entrance.BatchShape;
            var step = ModelWalk.Ask(index, _model.Layers[index].Layer, entrance, () => ModelWalk.Step(_model.Layers[index].Layer, entrance, [shape], CallSpec.None));
            _steps[index] = step;
            _done[(index, 0)] = (_places++, step.Outputs);
            inputs.Add(new ModelTensor(keys?[inputs.Count] ?? reference.Layer, step.Output, entrance.Dtype));
        }
        for (var index = 0; index < _steps.Length; index++)
        {
            if (_named.Layers[index].Layer is InputLayer && _steps[index] is null)
                throw Broken(index, "expected the InputLayer among the model's input_layers.");
        }
        return inputs;
    }

    private void Call(int index, int node)
    {
        var (origin, layer) = (_model.Layers[index].Layer, _named.Layers[index].Layer);
        var (form, places, shapes) = ModelWalk.Ask(index, origin, layer, () => Bind(layer, _named.Layers[index].InboundNodes[node]));
        List<Shape> inputs = [.. shapes.Take(form.Inputs)];
        var call = new CallSpec(form, shapes);
        IReadOnlyList<Shape> outputs;
        // What a layer's first call is like decides about its weights, whichever of its calls is made first.
        if (node == 0)
        {
            var step = ModelWalk.Ask(index, origin, layer, () => ModelWalk.Step(origin, layer, inputs, call));
            _steps[index] = _steps[index] is { } other ? step with { Footprint = step.Footprint + other.Footprint } : step;
            outputs = step.Outputs;
        }
        else
        {
            outputs = ModelWalk.Ask(index, origin, layer, () => ModelWalk.Outgoing(layer, inputs, call));
            var step = _steps[index] ?? ModelWalk.Ask(index, origin, layer, () => ModelWalk.Step(origin, layer, inputs, call));
            ModelWalk.Ask(index, origin, layer, () => SameWeights(step, layer.Weights(inputs, call), inputs));
            _steps[index] = step with { Footprint = step.Footprint + LayerFootprints.Of(layer, inputs, call, outputs) };
        }
        _done[(index, node)] = (_places, outputs);
        _calls.Add(new ModelCall(index, form, places, [.. Enumerable.Range(_places, outputs.Count)]));
        _places += outputs.Count;
    }

    private (CallForm Form, IReadOnlyList<int> Places, IReadOnlyList<Shape> Shapes) Bind(LayerSpec layer, NodeSpec node)
    {
        List<(int Place, Shape Shape)> found = [];
        var args = node.Args.Select(Resolve).ToList();
        var kwargs = node.Kwargs.ToDictionary(argument => argument.Key, argument => Resolve(argument.Value), StringComparer.Ordinal);
        var form = CallForm.Bind(layer.CallParameters, args, kwargs, out var order);
        return (form, [.. order.Select(number => found[number].Place)], [.. order.Select(number => found[number].Shape)]);

        CallValue Resolve(CallValue value) => value switch
        {
            TensorRef reference => Add(reference),
            CallList list => new CallList([.. list.Items.Select(Resolve)]),
            CallTable table => new CallTable([.. table.Items.Select(item => KeyValuePair.Create(item.Key, Resolve(item.Value)))]),
            _ => value,
        };

        CallTensor Add(TensorRef reference)
        {
            found.Add(Find(reference) ?? throw new SpecException($"inbound_nodes: expected an output of the layer \"{reference.Layer}\". Received: {Text(reference)}."));
            return new CallTensor(found.Count - 1);
        }
    }

    private (int Place, Shape Shape)? Find(TensorRef reference) =>
        _byName.TryGetValue(reference.Layer, out var index) && _done.TryGetValue((index, reference.Node), out var made)
        && reference.Tensor >= 0 && reference.Tensor < made.Shapes.Count
            ? (made.Place + reference.Tensor, made.Shapes[reference.Tensor])
            : null;

    private static bool SameWeights(ModelStep step, IReadOnlyList<WeightSpec> weights, IReadOnlyList<Shape> inputs) =>
        step.Weights.Select(weight => weight.Shape).SequenceEqual(weights.Select(weight => weight.Shape))
            ? true
            : throw new SpecException($"expected inputs like {string.Join(", ", step.Inputs)}, for which its weights are made, in every call. Received: {string.Join(", ", inputs)}.");

    private static List<TensorRef> References(CallValue value, string field)
    {
        var leaves = value.Leaves().ToList();
        return leaves.Count == 0 || leaves.Exists(leaf => leaf is not TensorRef)
            ? throw new SpecException($"{field}: expected at least one tensor, as [\"layer\", 0, 0].", field)
            : [.. leaves.Cast<TensorRef>()];
    }

    private LayerException Broken(int index, string message, string? field = null) =>
        new(index, _model.Layers[index].Layer, _named.Layers[index].Layer.Name!, new SpecException(message, field));

    private static string Text(TensorRef reference) => $"[\"{reference.Layer}\", {reference.Node}, {reference.Tensor}]";
}
