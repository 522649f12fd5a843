using TrainingService.Contracts.Optimizers;
using TrainingService.Engine.Models;
using static TorchSharp.torch;

namespace TrainingService.Engine.Optimizers;

/// <summary>Limits of gradients; at most one of the three, and none where it is 0.</summary>
internal sealed class GradientClipping(UpdateRuleSpec spec, ParameterBuffer parameters) : IDisposable
{
    private readonly IReadOnlyList<Tensor> _gradients = spec.Clipnorm > 0 ? Slices.Of(parameters, parameters.Gradients) : [];

    /// <summary>Clips the gradients in place.</summary>
    public void Apply()
    {
        if (spec.Clipnorm is { } norm and > 0)
        {
            foreach (var gradient in _gradients)
                gradient.mul_(norm / Norm(gradient).clamp_(min: norm));
        }
        else if (spec.GlobalClipnorm is { } global and > 0)
        {
            var all = Norm(parameters.Gradients);
            // A norm that is not finite spoils every gradient, as in Keras, instead of some.
            parameters.Gradients.mul_(global / all.clamp(min: global) + (all - all));
        }
        else if (spec.Clipvalue is { } limit and > 0)
        {
            parameters.Gradients.clamp_(-limit, limit);
        }
    }

    /// <summary>On the device; it is not read back.</summary>
    private static Tensor Norm(Tensor gradient) => gradient.square().sum().sqrt_();

    public void Dispose() => Slices.Dispose(_gradients);
}
