using TrainingService.Contracts.Layers;

namespace TrainingService.Contracts.Models;

/// <summary>The order in which the calls of a graph can be made.</summary>
internal static class GraphOrder
{
    /// <summary>Makes a complaint about a layer.</summary>
    public delegate LayerException Complaint(int layer, string message, string? field = null);

    /// <summary>All calls, each after those whose outputs it takes. Without recursion: a graph may be as deep as it has layers.</summary>
    /// <exception cref="LayerException">A call takes what no layer makes, calls wait for each other, or no output needs a layer.</exception>
    public static IEnumerable<(int Layer, int Node)> Of(Functional model, Dictionary<string, int> byName, Complaint broken)
    {
        var waiting = new Dictionary<(int Layer, int Node), int>();
        var takers = new Dictionary<(int Layer, int Node), List<(int Layer, int Node)>>();
        var ready = new Queue<(int Layer, int Node)>();
        for (var layer = 0; layer < model.Layers.Count; layer++)
        {
            for (var node = 0; node < model.Layers[layer].InboundNodes.Count; node++)
            {
                var count = 0;
                foreach (var source in Sources(model, byName, layer, node, broken).Distinct().Where(source => model.Layers[source.Layer].Layer is not InputLayer))
                {
                    count++;
                    if (!takers.TryGetValue(source, out var list))
                        takers[source] = list = [];
                    list.Add((layer, node));
                }
                waiting[(layer, node)] = count;
                if (count == 0)
                    ready.Enqueue((layer, node));
            }
        }
        CheckNeeded(model, byName, broken);
        List<(int, int)> order = [];
        while (ready.TryDequeue(out var call))
        {
            order.Add(call);
            foreach (var taker in takers.GetValueOrDefault(call) ?? [])
            {
                if (--waiting[taker] == 0)
                    ready.Enqueue(taker);
            }
        }
        return order.Count == waiting.Count
            ? order
            : throw broken(waiting.First(call => call.Value > 0).Key.Layer, "inbound_nodes: expected a graph without cycles. Received: a call that waits for its own output.");
    }

    private static IEnumerable<(int Layer, int Node)> Sources(Functional model, Dictionary<string, int> byName, int layer, int node, Complaint broken)
    {
        foreach (var tensor in model.Layers[layer].InboundNodes[node].Tensors)
        {
            if (!byName.TryGetValue(tensor.Layer, out var source))
                throw broken(layer, $"inbound_nodes: expected the name of a layer of the model. Received: \"{tensor.Layer}\".");
            var calls = Math.Max(1, model.Layers[source].InboundNodes.Count);
            if (tensor.Node < 0 || tensor.Node >= calls)
                throw broken(layer, $"inbound_nodes: expected one of the {calls} calls of \"{tensor.Layer}\". Received: call {tensor.Node}.");
            yield return (source, tensor.Node);
        }
    }

    /// <summary>A layer that no output needs would have weights that nothing trains.</summary>
    private static void CheckNeeded(Functional model, Dictionary<string, int> byName, Complaint broken)
    {
        var needed = new bool[model.Layers.Count];
        var open = new Stack<int>(model.OutputLayers.Leaves().OfType<TensorRef>().Where(output => byName.ContainsKey(output.Layer)).Select(output => byName[output.Layer]));
        while (open.TryPop(out var layer))
        {
            if (needed[layer])
                continue;
            needed[layer] = true;
            foreach (var tensor in model.Layers[layer].InboundNodes.SelectMany(node => node.Tensors))
                open.Push(byName[tensor.Layer]);
        }
        for (var layer = 0; layer < needed.Length; layer++)
        {
            if (!needed[layer] && model.Layers[layer].Layer is not InputLayer)
                throw broken(layer, "expected a layer that the model's outputs need. Received: one that leads to none of them.");
        }
    }
}
