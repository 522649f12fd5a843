using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>
/// Divides the kernel of the layer inside by its largest singular value, which is estimated by power iteration at every training step
/// (Miyato et al., 2018).
/// </summary>
/// <param name="Layer">The layer inside: one with a kernel or embeddings.</param>
/// <param name="PowerIterations">Steps of the estimate per training step, 1 or more. Default: 1.</param>
public sealed record SpectralNormalization(LayerSpec Layer, [Range(1, 1_000)] int PowerIterations = 1) : LayerSpec
{
    /// <summary>Name of the layer inside in the paths of the weights.</summary>
    public string InnerName => Layer.Name ?? KerasKind.SnakeCase(KerasKind.ClassName(Layer.GetType()));

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { Layer = Layer.WithDefaults() };

    /// <inheritdoc />
    public override IReadOnlyList<string> CallParameters => LayerCalls.WithTraining;

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        Kernel(Layer.Weights(input));
        return Layer.OutputShape(input);
    }

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input)
    {
        var inner = Layer.Weights(input);
        var kernel = Kernel(inner);
        var estimate = new WeightSpec("vector_u", new Shape(1, kernel.Shape[-1]), new TruncatedNormal(Stddev: 0.02), Trainable: false);
        // Keras's order: the wrapper's own, which the kernel is one of, then the rest of the layer's.
        return [.. Within(Layer, InnerName, [kernel]), estimate, .. Within(Layer, InnerName, inner.Where(weight => weight != kernel))];
    }

    /// <summary>The weight that is normalized.</summary>
    /// <exception cref="SpecException">The layer inside has none.</exception>
    public WeightSpec Kernel(IReadOnlyList<WeightSpec> weights) =>
        weights.FirstOrDefault(weight => weight.Name is "kernel" or "embeddings")
        ?? throw new SpecException($"expected a layer with a kernel or embeddings. Received: {KerasKind.ClassName(Layer.GetType())}.", "layer");
}
