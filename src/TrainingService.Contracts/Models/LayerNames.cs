using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;

namespace TrainingService.Contracts.Models;

/// <summary>Keras's automatic names: <c>dense</c>, <c>dense_1</c>, <c>dense_2</c>.</summary>
internal static class LayerNames
{
    /// <summary>The model with a name for itself and for every layer; names that were given are kept. Layers of models inside are left alone.</summary>
    public static Sequential Fill(Sequential model) =>
        model with { Name = model.Name ?? "sequential", Layers = Fill(model.Layers) };

    /// <inheritdoc cref="Fill(Sequential)" />
    public static Functional Fill(Functional model)
    {
        var layers = Fill([.. model.Layers.Select(layer => layer.Layer)]);
        return model with { Name = model.Name ?? "functional", Layers = [.. model.Layers.Zip(layers, (graph, layer) => ReferenceEquals(graph.Layer, layer) ? graph : graph with { Layer = layer })] };
    }

    private static List<LayerSpec> Fill(IReadOnlyList<LayerSpec> layers)
    {
        var taken = layers.Select(layer => layer.Name).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. layers.Select(layer => layer.Name is null ? layer with { Name = Next(layer, taken, counts) } : layer)];
    }

    private static string Next(LayerSpec layer, HashSet<string> taken, Dictionary<string, int> counts)
    {
        var stem = KerasKind.SnakeCase(KerasKind.ClassName(layer));
        while (true)
        {
            var count = counts.GetValueOrDefault(stem);
            counts[stem] = count + 1;
            var name = count == 0 ? stem : $"{stem}_{count}";
            if (taken.Add(name))
                return name;
        }
    }
}
