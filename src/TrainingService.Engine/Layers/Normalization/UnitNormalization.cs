using TorchSharp;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Brings the values along some axes to a Euclidean norm of 1.</summary>
public sealed class UnitNormalization(Specs.UnitNormalization spec, LayerContext context) : ElementwiseLayer(spec, context)
{
    private const double Epsilon = 1e-12;

    private readonly long[] _axes = [.. spec.Axis.Select(axis => (long)axis)];

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) => Normalize(x, _axes, Epsilon);

    /// <summary><c>x / max(‖x‖, ε)</c> over some axes, with a finite gradient at 0.</summary>
    internal static torch.Tensor Normalize(torch.Tensor x, long[] axes, double epsilon) =>
        x * x.square().sum(axes, keepdim: true).clamp_min(epsilon * epsilon).rsqrt();
}
