using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Layers one after the other as one layer.</summary>
public sealed class LayerPipeline : Layer
{
    private readonly List<Layer> _layers = [];

    /// <summary>Builds the layers inside.</summary>
    public LayerPipeline(Specs.LayerPipeline spec, LayerContext context) : base(spec, context)
    {
        foreach (var (layer, name, inputs, _) in spec.Through(context.InputShapes))
            _layers.Add(Sublayer(layer, name, inputs));
    }

    /// <inheritdoc />
    public override bool TrainsByDefault => true;

    /// <inheritdoc />
    public override IReadOnlyList<KerasTensor> Call(IReadOnlyList<KerasTensor> inputs, CallContext call)
    {
        foreach (var layer in _layers)
            inputs = layer.Apply(call.For([.. inputs]));
        return inputs;
    }
}
