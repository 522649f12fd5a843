using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Models;

/// <summary>A layer's shape rule is broken, or its place in the graph makes no sense.</summary>
/// <param name="index">Place of the layer in its model.</param>
/// <param name="layer">The layer as it was given; it may belong to a model inside the one that was walked.</param>
/// <param name="name">The layer's name.</param>
/// <param name="rule">What its rule says.</param>
public sealed class LayerException(int index, LayerSpec layer, string name, SpecException rule)
    : Exception($"{name} ({KerasKind.ClassName(layer)}): {rule.Message}", rule)
{
    /// <summary>Place of the layer in its model.</summary>
    public int Index { get; } = index;

    /// <summary>The layer as it was given.</summary>
    public LayerSpec Layer { get; } = layer;

    /// <summary>The field that broke the rule, when it is one.</summary>
    public string? Field { get; } = rule.Field;
}
