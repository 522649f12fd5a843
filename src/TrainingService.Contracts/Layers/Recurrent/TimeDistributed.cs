using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>A layer applied to every step of a sequence, with the same weights.</summary>
/// <param name="Layer">A layer or model of one input and one output.</param>
/// <remarks>Input <c>(batch, time, …)</c> → <c>(batch, time, …)</c>, the rest as the layer makes it.</remarks>
public sealed record TimeDistributed(LayerSpec Layer) : LayerSpec
{
    /// <summary>Name of the layer in the paths of the weights.</summary>
    public string LayerName => Layer.Name ?? KerasKind.SnakeCase(KerasKind.ClassName(Layer.GetType()));

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { Layer = (Layer with { Name = LayerName }).WithDefaults() };

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        var outputs = Layer.OutputShapes([StepOf(input)], CallSpec.None);
        return outputs.Count == 1
            ? new Shape([outputs[0][0], input[1], .. outputs[0].Skip(1)])
            : throw new SpecException($"expected a layer of one output. Received: {outputs.Count} outputs.", "layer");
    }

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input) => [.. Within(Layer, LayerName, Layer.Weights([StepOf(input)], CallSpec.None))];

    /// <summary>Shape of one step.</summary>
    public static Shape StepOf(Shape input) =>
        input.Rank < 3 ? throw new SpecException($"expected at least 3 axes (batch, time, …). Received: {input}.") : new Shape([input[0], .. input.Skip(2)]);
}
