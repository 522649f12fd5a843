using TorchSharp;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>The inputs one after the other along an axis.</summary>
public sealed class Concatenate(Specs.Concatenate spec, LayerContext context) : Merge(spec, context)
{
    /// <inheritdoc />
    protected override KerasTensor Join(IReadOnlyList<KerasTensor> inputs) =>
        new(torch.cat([.. inputs.Select(input => input.Value)], spec.Axis), Mask(inputs));

    /// <summary>A step counts where any of its values does; an input without a mask counts everywhere.</summary>
    private torch.Tensor? Mask(IReadOnlyList<KerasTensor> inputs)
    {
        if (inputs.All(input => input.Mask is null))
            return null;
        var masks = inputs.Select(input =>
            input.Mask is not { } mask ? torch.ones(input.Value.shape, torch.@bool, input.Value.device)
            : mask.dim() < input.Value.dim() ? Spread(mask, input.Value)
            : mask.to(torch.@bool));
        return torch.cat([.. masks], spec.Axis).any(-1);
    }
}
