using TrainingService.Engine.Models;
using static TorchSharp.torch;

namespace TrainingService.Engine.Optimizers;

/// <summary>Limits of gradients; at most one of the three.</summary>
/// <param name="Clipnorm">Largest norm of each weight's gradient.</param>
/// <param name="GlobalClipnorm">Largest norm of all gradients together.</param>
/// <param name="Clipvalue">Largest absolute value in a gradient.</param>
public sealed record GradientClipping(double? Clipnorm, double? GlobalClipnorm, double? Clipvalue)
{
    /// <summary>Clips the gradients in place.</summary>
    internal void Apply(ParameterBuffer parameters)
    {
        if (Clipnorm is { } norm)
        {
            foreach (var slice in parameters.Slices)
                LimitNorm(slice.Of(parameters.Gradients), norm);
        }
        else if (GlobalClipnorm is { } global)
        {
            LimitNorm(parameters.Gradients, global);
        }
        else if (Clipvalue is { } limit)
        {
            parameters.Gradients.clamp_(-limit, limit);
        }
    }

    /// <summary><c>g · limit / max(‖g‖, limit)</c>, without reading the norm back.</summary>
    private static void LimitNorm(Tensor gradient, double limit) =>
        gradient.mul_(limit / gradient.square().sum().sqrt_().clamp_(min: limit));
}
