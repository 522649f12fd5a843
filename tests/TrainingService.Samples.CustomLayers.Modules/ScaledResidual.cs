using TrainingService.Engine.Extensions;
using TrainingService.Engine.Layers;
using Specs = TrainingService.Samples.CustomLayers;

namespace TrainingService.Samples.CustomLayers.Modules;

/// <summary>A residual block that learns how much of it counts.</summary>
[ModuleFor(typeof(Specs.ScaledResidual))]
public sealed class ScaledResidual : Layer
{
    private readonly Layer _down, _up;

    /// <summary>Builds the layer.</summary>
    public ScaledResidual(Specs.ScaledResidual spec, LayerContext context) : base(spec, context)
    {
        var parts = spec.Parts(InputShape).Select(part => Sublayer(part.Layer, part.Name, [part.Input])).ToList();
        (_down, _up) = (parts[0], parts[1]);
    }

    /// <inheritdoc />
    public override bool SupportsMasking => true;

    /// <inheritdoc />
    public override IReadOnlyList<KerasTensor> Call(IReadOnlyList<KerasTensor> inputs, CallContext call)
    {
        var x = inputs[0];
        var inner = _up.Apply(_down.Apply(x, call), call); // (batch, …, features)
        return [x with { Value = x.Value + Value("scale") * inner.Value }];
    }
}
