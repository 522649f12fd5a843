using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;

namespace TrainingService.Contracts.Json.Reading;

/// <summary>
/// Numbers of the calls of models inside a model. Such a model has a call of its own from when it was made, and Keras counts it: Keras 3
/// in <c>output_layers</c> and for a Functional only; Keras 2 everywhere, and for a Sequential that knows its input too.
/// </summary>
internal static class NodeNumbers
{
    public static (IReadOnlyList<GraphLayer> Layers, CallValue Outputs) Rebase(IReadOnlyList<GraphLayer> layers, CallValue outputs, bool keras3)
    {
        var models = layers.Where(layer => layer.Layer is ModelSpec && layer.Layer.Name is not null)
            .DistinctBy(layer => layer.Layer.Name).ToDictionary(layer => layer.Layer.Name!, StringComparer.Ordinal);
        if (models.Count == 0)
            return (layers, outputs);
        var inArguments = Offsets(layers.SelectMany(layer => layer.InboundNodes).SelectMany(node => node.Tensors), keras3 ? _ => 0 : OffsetOf2);
        var inOutputs = Offsets(outputs.Leaves().OfType<TensorRef>(), keras3 ? layer => layer is Functional ? 1 : 0 : OffsetOf2);
        return (
            [.. layers.Select(layer => layer with { InboundNodes = [.. layer.InboundNodes.Select(node => new NodeSpec(
                [.. node.Args.Select(value => Shift(value, inArguments))],
                node.Kwargs.ToDictionary(argument => argument.Key, argument => Shift(argument.Value, inArguments), StringComparer.Ordinal)))] })],
            Shift(outputs, inOutputs));

        Dictionary<string, int> Offsets(IEnumerable<TensorRef> references, Func<LayerSpec, int> usual) => references
            .Where(reference => models.ContainsKey(reference.Layer)).GroupBy(reference => reference.Layer)
            .ToDictionary(group => group.Key, group => Offset(group.Min(reference => reference.Node), group.Max(reference => reference.Node), models[group.Key], usual));
    }

    private static int OffsetOf2(LayerSpec layer) => layer is Functional or Sequential { Layers: [InputLayer, ..] } or Sequential { BuildInputShape: not null } ? 1 : 0;

    /// <summary>The usual offset, unless the numbers that are there say otherwise.</summary>
    private static int Offset(int smallest, int largest, GraphLayer model, Func<LayerSpec, int> usual) =>
        smallest == 0 ? 0 : largest >= model.InboundNodes.Count ? 1 : usual(model.Layer);

    private static CallValue Shift(CallValue value, Dictionary<string, int> offsets) => value switch
    {
        TensorRef reference when offsets.GetValueOrDefault(reference.Layer) is > 0 and var offset => reference with { Node = reference.Node - offset },
        CallList list => new CallList([.. list.Items.Select(item => Shift(item, offsets))]),
        CallTable table => new CallTable([.. table.Items.Select(item => KeyValuePair.Create(item.Key, Shift(item.Value, offsets)))]),
        _ => value,
    };
}
