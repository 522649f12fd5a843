using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Models;

/// <summary>A graph of layers, from its InputLayers to its outputs.</summary>
/// <param name="Layers">Every layer with its calls, at most 10,000.</param>
/// <param name="InputLayers">The InputLayers' tensors: one, or lists and dicts of them.</param>
/// <param name="OutputLayers">The outputs: one tensor, or lists and dicts of them.</param>
public sealed record Functional(IReadOnlyList<GraphLayer> Layers, CallValue InputLayers, CallValue OutputLayers) : ModelSpec
{
    /// <inheritdoc />
    public override IReadOnlyList<string>? OutputNames(CallSpec call) => OutputLayers.Paths();

    /// <inheritdoc />
    public override LayerSpec WithDefaults()
    {
        var named = LayerNames.Fill(this);
        return named with { Layers = [.. named.Layers.Select(layer => layer with { Layer = layer.Layer.WithDefaults() })] };
    }
}

/// <summary>One layer of a graph.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="InboundNodes">Its calls; none for an InputLayer.</param>
public sealed record GraphLayer(LayerSpec Layer, IReadOnlyList<NodeSpec> InboundNodes);

/// <summary>One call of a layer in a graph.</summary>
/// <param name="Args">Positional arguments; their tensors are <see cref="TensorRef"/>s.</param>
/// <param name="Kwargs">Arguments by name.</param>
public sealed record NodeSpec(IReadOnlyList<CallValue> Args, IReadOnlyDictionary<string, CallValue> Kwargs)
{
    /// <summary>Every tensor of the call.</summary>
    public IEnumerable<TensorRef> Tensors => Args.Concat(Kwargs.Values).SelectMany(value => value.Leaves()).OfType<TensorRef>();
}

/// <summary>An output of a layer's call, as an argument of another one.</summary>
/// <param name="Layer">Name of the layer.</param>
/// <param name="Node">Which of its calls, from 0.</param>
/// <param name="Tensor">Which of the call's outputs, from 0.</param>
/// <param name="Shape">What Keras notes about it: its shape; null where it is not known.</param>
/// <param name="Dtype">What Keras notes about it: its dtype.</param>
public sealed record TensorRef(string Layer, int Node, int Tensor, Shape? Shape = null, string Dtype = "float32") : CallValue;
