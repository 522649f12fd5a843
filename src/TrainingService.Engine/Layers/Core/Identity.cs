using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Passes on what comes in, one tensor or several.</summary>
public sealed class Identity(Specs.Identity spec, LayerContext context) : Layer(spec, context)
{
    /// <inheritdoc />
    public override bool SupportsMasking => true;

    /// <inheritdoc />
    public override IReadOnlyList<KerasTensor> Call(IReadOnlyList<KerasTensor> inputs, CallContext call) => inputs;
}
