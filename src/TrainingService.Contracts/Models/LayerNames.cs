using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;

namespace TrainingService.Contracts.Models;

/// <summary>Keras's automatic names: <c>dense</c>, <c>dense_1</c>, <c>dense_2</c>.</summary>
internal static class LayerNames
{
    /// <summary>The model with a name for itself and for every layer; names that were given are kept.</summary>
    public static Sequential Fill(Sequential model)
    {
        var taken = model.Layers.Select(layer => layer.Name).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        return model with
        {
            Name = model.Name ?? "sequential",
            Layers = [.. model.Layers.Select(layer => layer.Name is null ? layer with { Name = Next(layer, taken, counts) } : layer)],
        };
    }

    private static string Next(LayerSpec layer, HashSet<string> taken, Dictionary<string, int> counts)
    {
        var stem = KerasKind.SnakeCase(KerasKind.ClassName(layer.GetType()));
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
