using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Layers one after the other as one layer, meant for preprocessing; its class name is <c>Pipeline</c>.</summary>
/// <param name="Layers">In order; each takes what the one before gives.</param>
[Omits("trainable", "dtype")]
[ClassName("Pipeline")]
public sealed record LayerPipeline([MaxLength(1_000)] IReadOnlyList<LayerSpec> Layers) : LayerSpec
{
    /// <inheritdoc />
    public override IReadOnlyList<string> CallParameters => LayerCalls.WithTrainingAndMask;

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { Layers = [.. Layers.Select(layer => layer.WithDefaults())] };

    /// <inheritdoc />
    public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs, CallSpec call) => Through(inputs).LastOrDefault().Outputs ?? inputs;

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(IReadOnlyList<Shape> inputs, CallSpec call) =>
        [.. Through(inputs).SelectMany(step => Within(step.Layer, step.Name, step.Layer.Weights(step.Inputs, CallSpec.None)))];

    /// <summary>Every layer with its name in the paths of the weights, and the shapes that go in and out.</summary>
    public IEnumerable<(LayerSpec Layer, string Name, IReadOnlyList<Shape> Inputs, IReadOnlyList<Shape> Outputs)> Through(IReadOnlyList<Shape> inputs)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var layer in Layers)
        {
            var outputs = layer.OutputShapes(inputs, CallSpec.None);
            yield return (layer, Name(layer, counts), inputs, outputs);
            inputs = outputs;
        }
    }

    /// <summary>The layer's own name, or the one that Keras would give it.</summary>
    private static new string Name(LayerSpec layer, Dictionary<string, int> counts)
    {
        var name = layer.Name ?? KerasKind.SnakeCase(KerasKind.ClassName(layer.GetType()));
        var count = counts[name] = counts.GetValueOrDefault(name) + 1;
        return count == 1 ? name : $"{name}_{count - 1}";
    }
}
