using TrainingService.Engine.Extensions;
using TrainingService.Engine.Layers;
using Specs = TrainingService.Samples.CustomLayers;

namespace TrainingService.Samples.CustomLayers.Modules;

/// <summary>A whole model as one class.</summary>
[ModuleFor(typeof(Specs.ResidualClassifier))]
public sealed class ResidualClassifier : Layer
{
    private readonly List<Layer> _layers;

    /// <summary>Builds the layers inside.</summary>
    public ResidualClassifier(Specs.ResidualClassifier spec, LayerContext context) : base(spec, context) =>
        _layers = [.. spec.Parts(InputShape).Select(part => Sublayer(part.Layer, part.Name, [part.Input]))];

    /// <inheritdoc />
    public override IReadOnlyList<KerasTensor> Call(IReadOnlyList<KerasTensor> inputs, CallContext call) =>
        [_layers.Aggregate(inputs[0], (x, layer) => layer.Apply(x, call))];
}
