using TorchSharp;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Precision;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>The model's entrance: what comes in gets the entrance's dtype and number of axes, as Keras does it.</summary>
public sealed class InputLayer(Specs.InputLayer spec, LayerContext context) : Layer(spec, context)
{
    /// <inheritdoc />
    public override bool SupportsMasking => true;

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) => Enter(x, spec.Dtype, spec.BatchShape.Rank, Dtype);

    /// <summary>Whole numbers stay so where the entrance takes such; a last axis of 1 is added or left out.</summary>
    /// <param name="x">What comes in.</param>
    /// <param name="dtype">Keras's dtype of the entrance.</param>
    /// <param name="rank">Axes that are expected; null leaves them.</param>
    /// <param name="real">What whole numbers become where the entrance takes real ones; those stay in their precision.</param>
    internal static torch.Tensor Enter(torch.Tensor x, string dtype, int? rank, torch.ScalarType real)
    {
        if (rank is { } axes && x.dim() != axes)
            x = x.dim() == axes + 1 && x.shape[^1] == 1 ? x.squeeze(-1) : x.dim() == axes - 1 ? x.unsqueeze(-1) : x;
        return Kind(dtype) switch
        {
            torch.ScalarType.Int64 => torch.is_integral(x.dtype) ? x : x.to(torch.int64),
            torch.ScalarType.Bool => x.dtype == torch.@bool ? x : x.to(torch.@bool),
            _ when DtypePolicy.Of(dtype, real).Compute is { } named && named != real => In(named),
            _ => x.is_floating_point() ? x : In(real),
        };

        torch.Tensor In(torch.ScalarType type) => x.dtype == type ? x : x.to(type);
    }

    private static torch.ScalarType Kind(string dtype) =>
        dtype == "bool" ? torch.ScalarType.Bool : dtype.StartsWith("int", StringComparison.Ordinal) || dtype.StartsWith("uint", StringComparison.Ordinal)
            ? torch.ScalarType.Int64 : torch.ScalarType.Float32;
}
