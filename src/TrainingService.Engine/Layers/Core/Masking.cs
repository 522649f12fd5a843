using TorchSharp;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Masks the steps of which every value is the mask value; they become 0.</summary>
public sealed class Masking(Specs.Masking spec, LayerContext context) : Layer(spec, context)
{
    /// <inheritdoc />
    public override bool SupportsMasking => true;

    /// <inheritdoc />
    public override IReadOnlyList<KerasTensor> Call(IReadOnlyList<KerasTensor> inputs, CallContext call)
    {
        var x = inputs[0].Value;
        var mask = x.ne(spec.MaskValue).any(-1); // (batch, time, …)
        return [new KerasTensor(x.masked_fill(mask.logical_not().unsqueeze(-1), 0), mask)];
    }
}
