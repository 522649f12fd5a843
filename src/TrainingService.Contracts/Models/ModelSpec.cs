using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Models;

/// <summary>A model as Keras describes it. A model is a layer: it may stand inside another one, or inside a wrapper.</summary>
public abstract record ModelSpec : LayerSpec
{
    private static readonly string[] ModelParameters = ["inputs", "training", "mask"];

    // Others derive from SubclassedModel, which says what a walk through its layers says of these.
    private protected ModelSpec()
    {
    }

    /// <inheritdoc />
    public override IReadOnlyList<string> CallParameters => ModelParameters;

    /// <inheritdoc />
    public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs, CallSpec call) =>
        [.. ModelWalk.Inside(this, inputs, call.InputNames).Outputs.Select(output => output.Shape)];

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input) => Weights([input], CallSpec.None);

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(IReadOnlyList<Shape> inputs, CallSpec call) =>
        [.. ModelWalk.Inside(this, inputs, call.InputNames).Steps.SelectMany(step => Within(step.Layer, step.Layer.Name!, step.Weights))];
}

/// <summary>Layers one after the other.</summary>
/// <param name="Layers">In order, at most 10,000; the first may be an InputLayer.</param>
/// <param name="BuildInputShape">Shape of the input where there is no InputLayer; null takes the data set's.</param>
public sealed record Sequential(
    [System.ComponentModel.DataAnnotations.MaxLength(10_000)] IReadOnlyList<LayerSpec> Layers,
    [System.ComponentModel.DataAnnotations.MinLength(1)] Shape? BuildInputShape = null) : ModelSpec
{
    /// <inheritdoc />
    public override LayerSpec WithDefaults()
    {
        var named = LayerNames.Fill(this);
        return named with { Layers = [.. named.Layers.Select(layer => layer.WithDefaults())] };
    }
}
