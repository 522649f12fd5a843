using TorchSharp;
using TrainingService.Contracts.Constraints;
using static TorchSharp.torch;

namespace TrainingService.Engine.Constraints;

/// <summary>Every constraint and the projection that it computes: a new tensor of the weight's shape.</summary>
public static class ConstraintTable
{
    private const double Epsilon = 1e-7;

    private static readonly Dictionary<Type, Func<ConstraintSpec, Func<Tensor, Tensor>>> Table = new()
    {
        [typeof(MaxNorm)] = spec => w => Limit((MaxNorm)spec, w),
        [typeof(MinMaxNorm)] = spec => w => Limit((MinMaxNorm)spec, w),
        [typeof(NonNeg)] = _ => w => w.clamp(min: 0),
        [typeof(UnitNorm)] = spec => w => w.div(Norms(w, ((UnitNorm)spec).Axis).add(Epsilon)),
    };

    /// <summary>The records that are covered.</summary>
    public static IReadOnlyCollection<Type> Covered => Table.Keys;

    /// <summary>The projection of a weight.</summary>
    public static Func<Tensor, Tensor> Find(ConstraintSpec spec) =>
        Table.TryGetValue(spec.GetType(), out var build) ? build(spec) : throw new NotSupportedException($"No function computes {spec.GetType().Name}.");

    private static Tensor Limit(MaxNorm spec, Tensor w)
    {
        var norms = Norms(w, spec.Axis);
        return w * (norms.clamp(0, spec.MaxValue) / norms.add(Epsilon));
    }

    private static Tensor Limit(MinMaxNorm spec, Tensor w)
    {
        var norms = Norms(w, spec.Axis);
        var desired = norms.clamp(spec.MinValue, spec.MaxValue).mul(spec.Rate).add(norms, alpha: 1 - spec.Rate);
        return w * (desired / norms.add(Epsilon));
    }

    /// <summary>Norms over the axes, which stay with size 1.</summary>
    private static Tensor Norms(Tensor w, NormAxes axes) =>
        w.square().sum([.. axes.All ? Enumerable.Range(0, (int)w.dim()).Select(axis => (long)axis) : axes.Select(axis => (long)axis)], keepdim: true).sqrt();
}
