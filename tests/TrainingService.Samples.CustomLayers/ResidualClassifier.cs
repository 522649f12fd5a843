using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Extensions;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Samples.CustomLayers;

/// <summary>A whole model as one class: flatten, a dense stem, residual blocks, a softmax over the classes.</summary>
/// <param name="Classes">Size of the output.</param>
/// <param name="Units">Width of the stem and of the blocks. Default: 32.</param>
/// <param name="Blocks">How many blocks. Default: 2.</param>
/// <remarks>Input <c>(batch, …)</c> → output <c>(batch, classes)</c>.</remarks>
[RegisteredLayer("sample>ResidualClassifier")]
public sealed record ResidualClassifier(
    [Range(2, 100_000)] int Classes, [Range(1, 65_536)] int Units = 32, [Range(0, 100)] int Blocks = 2) : SubclassedModel
{
    /// <summary>The layers in the order of their calls, each with its name and the shape that it is called with.</summary>
    public IEnumerable<(string Name, LayerSpec Layer, Shape Input)> Parts(Shape input)
    {
        IEnumerable<(string Name, LayerSpec Layer)> layers =
        [
            ("flatten", new Flatten()),
            ("stem", new Dense(Units, Activation.Relu)),
            .. Enumerable.Range(0, Blocks).Select(block => ($"block_{block}", (LayerSpec)new ScaledResidual(Units))),
            ("head", new Dense(Classes, Activation.Softmax)),
        ];
        foreach (var (name, layer) in layers)
        {
            yield return (name, layer with { Dtype = Dtype }, input);
            input = layer.OutputShape(input);
        }
    }

    /// <inheritdoc />
    public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs, CallSpec call)
    {
        var (_, head, input) = Parts(Single(inputs)).Last();
        return [head.OutputShape(input)];
    }

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(IReadOnlyList<Shape> inputs, CallSpec call) =>
        [.. Parts(Single(inputs)).SelectMany(part => Within(part.Layer, part.Name, part.Layer.Weights(part.Input)))];

    private static Shape Single(IReadOnlyList<Shape> inputs) =>
        inputs.Count == 1 ? inputs[0] : throw new SpecException($"expected one input. Received: {inputs.Count}.");
}
