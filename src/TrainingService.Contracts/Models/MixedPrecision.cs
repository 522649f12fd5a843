using TrainingService.Contracts.Layers;

namespace TrainingService.Contracts.Models;

/// <summary>Keras's <c>set_global_policy</c> for a model that is there already.</summary>
public static class MixedPrecision
{
    /// <summary>
    /// The model with the policy at every layer that says float32. Layers whose outputs are the model's stay float32, so that the loss sees
    /// unrounded numbers; this is what Keras's guide recommends.
    /// </summary>
    /// <param name="model">The model, its layers named.</param>
    /// <param name="policy"><c>mixed_bfloat16</c> or <c>mixed_float16</c>; null changes nothing.</param>
    public static ModelSpec Apply(ModelSpec model, string? policy) => policy is null ? model : Apply(model, policy, isOutput: true);

    private static ModelSpec Apply(ModelSpec model, string policy, bool isOutput)
    {
        model = model with { Dtype = model.Dtype == "float32" ? policy : model.Dtype };
        switch (model)
        {
            case Sequential sequence:
                return sequence with { Layers = [.. sequence.Layers.Select((layer, i) => Apply(layer, policy, isOutput && i == sequence.Layers.Count - 1))] };
            case Functional graph:
                var outputs = graph.OutputLayers.Leaves().OfType<TensorRef>().Select(tensor => tensor.Layer).ToHashSet(StringComparer.Ordinal);
                return graph with { Layers = [.. graph.Layers.Select(layer => layer with { Layer = Apply(layer.Layer, policy, isOutput && outputs.Contains(layer.Layer.Name!)) })] };
            default:
                return model;
        }
    }

    private static LayerSpec Apply(LayerSpec layer, string policy, bool isOutput) =>
        layer is ModelSpec model ? Apply(model, policy, isOutput)
        : isOutput || layer is InputLayer || layer.Dtype != "float32" ? layer
        : layer with { Dtype = policy };
}
