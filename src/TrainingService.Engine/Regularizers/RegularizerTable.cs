using TorchSharp;
using TrainingService.Contracts.Regularizers;
using static TorchSharp.torch;

namespace TrainingService.Engine.Regularizers;

/// <summary>Every regularizer and the penalty that it computes, a scalar.</summary>
public static class RegularizerTable
{
    private const double Epsilon = 1e-7;

    private static readonly Dictionary<Type, Func<RegularizerSpec, Func<Tensor, Tensor>>> Table = new()
    {
        [typeof(L1)] = spec => x => x.abs().sum().mul(((L1)spec).Factor),
        [typeof(L2)] = spec => x => x.square().sum().mul(((L2)spec).Factor),
        [typeof(L1L2)] = spec => Both((L1L2)spec),
        [typeof(OrthogonalRegularizer)] = spec => x => Orthogonal((OrthogonalRegularizer)spec, x),
    };

    /// <summary>The records that are covered.</summary>
    public static IReadOnlyCollection<Type> Covered => Table.Keys;

    /// <summary>The penalty on a tensor.</summary>
    public static Func<Tensor, Tensor> Find(RegularizerSpec spec) =>
        Table.TryGetValue(spec.GetType(), out var build) ? build(spec) : throw new NotSupportedException($"No function computes {spec.GetType().Name}.");

    private static Func<Tensor, Tensor> Both(L1L2 spec) => (spec.L1, spec.L2) switch
    {
        (0, 0) => x => x.new_zeros([]),
        (var l1, 0) => x => x.abs().sum().mul(l1),
        (0, var l2) => x => x.square().sum().mul(l2),
        var (l1, l2) => x => x.abs().sum().mul(l1).add(x.square().sum().mul(l2)),
    };

    private static Tensor Orthogonal(OrthogonalRegularizer spec, Tensor x)
    {
        var vectors = spec.Mode == OrthogonalMode.Rows ? x : x.t(); // (vectors, features)
        var inverse = vectors.square().sum(1, keepdim: true).clamp(min: Epsilon * Epsilon).rsqrt();
        var unit = vectors * inverse;
        var size = vectors.shape[0];
        var cosines = mm(unit, unit.t()) * (1 - eye(size, dtype: x.dtype, device: x.device)); // (vectors, vectors)
        var pairs = size * (size - 1.0) / 2;
        return cosines.abs().sum().mul(spec.Factor * 0.5).div(pairs);
    }
}
