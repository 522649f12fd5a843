using TorchSharp;
using TrainingService.Engine.Losses;
using static TorchSharp.torch;

namespace TrainingService.Engine.Expressions;

/// <summary>What each function of the expression language computes.</summary>
internal static class ExpressionOperations
{
    /// <summary>A sum of squares below it counts as this: its root has a slope.</summary>
    private const double SmallestSquare = 1e-38;

    private static readonly Dictionary<string, Func<CallArguments, Tensor>> Table = new(StringComparer.Ordinal)
    {
        ["add"] = x => x.Number(1) is { } right ? x[0] + right : x.Number(0) is { } left ? x[1] + left : x[0] + x[1],
        ["subtract"] = x => x.Number(1) is { } right ? x[0] - right : x.Number(0) is { } left ? left - x[1] : x[0] - x[1],
        ["multiply"] = x => x.Number(1) is { } right ? x[0] * right : x.Number(0) is { } left ? x[1] * left : x[0] * x[1],
        ["divide"] = x => x.Number(1) is { } right ? x[0] / right : x[0] / x[1],
        ["mod"] = x => x[0].remainder(x[1]),
        ["pow"] = x => x.Number(1) is { } power ? x[0].pow(power) : x[0].pow(x[1]),
        ["negative"] = x => -x[0],
        ["divide_no_nan"] = x => LossReduction.DivideNoNan(x[0], x[1]),
        ["maximum"] = x => x.Number(1) is { } right ? x[0].clamp_min(right) : x.Number(0) is { } left ? x[1].clamp_min(left) : maximum(x[0], x[1]),
        ["minimum"] = x => x.Number(1) is { } right ? x[0].clamp_max(right) : x.Number(0) is { } left ? x[1].clamp_max(left) : minimum(x[0], x[1]),
        ["atan2"] = x => x[0].atan2(x[1]),
        ["abs"] = x => x[0].abs(),
        ["square"] = x => x[0].square(),
        ["sqrt"] = x => x[0].sqrt(),
        ["rsqrt"] = x => x[0].rsqrt(),
        ["reciprocal"] = x => x[0].reciprocal(),
        ["exp"] = x => x[0].exp(),
        ["expm1"] = x => x[0].expm1(),
        ["log"] = x => x[0].log(),
        ["log1p"] = x => x[0].log1p(),
        ["log2"] = x => x[0].log2(),
        ["log10"] = x => x[0].log10(),
        ["sin"] = x => x[0].sin(),
        ["cos"] = x => x[0].cos(),
        ["tan"] = x => x[0].tan(),
        ["asin"] = x => x[0].asin(),
        ["acos"] = x => x[0].acos(),
        ["atan"] = x => x[0].atan(),
        ["sinh"] = x => x[0].sinh(),
        ["cosh"] = x => x[0].cosh(),
        ["tanh"] = x => x[0].tanh(),
        ["asinh"] = x => x[0].asinh(),
        ["acosh"] = x => x[0].acosh(),
        ["atanh"] = x => x[0].atanh(),
        ["erf"] = x => x[0].erf(),
        ["sigmoid"] = x => x[0].sigmoid(),
        ["log_sigmoid"] = x => -nn.functional.softplus(-x[0]),
        ["softplus"] = x => nn.functional.softplus(x[0]),
        ["softsign"] = x => x[0] / (1 + x[0].abs()),
        ["relu"] = x => x[0].relu(),
        ["relu6"] = x => x[0].clamp(0, 6),
        ["silu"] = x => x[0].silu(),
        ["gelu"] = x => x[0].gelu(),
        ["selu"] = x => x[0].selu(),
        ["mish"] = x => x[0] * nn.functional.softplus(x[0]).tanh(),
        ["hard_sigmoid"] = x => (x[0] + 3).clamp(0, 6) / 6,
        ["elu"] = x => where(x[0].gt(0), x[0], (x.Count > 1 ? x[1] : ones_like(x[0])) * x[0].clamp_max(0).expm1()),
        ["leaky_relu"] = x => where(x[0].gt(0), x[0], x.Count > 1 ? x[0] * x[1] : x[0] * 0.2),
        ["clip"] = x => x.Number(1) is { } low && x.Number(2) is { } high ? x[0].clamp(low, high) : minimum(maximum(x[0], x[1]), x[2]),
        ["where"] = x => where(x.Raw(0), x.Raw(1), x.Raw(2)),
        ["sign"] = x => x[0].detach().sign(),
        ["floor"] = x => x[0].detach().floor(),
        ["ceil"] = x => x[0].detach().ceil(),
        ["round"] = x => x[0].detach().round(),
        ["stop_gradient"] = x => x[0].detach(),
        ["equal"] = x => x.Number(1) is { } right ? x[0].eq(right) : x[0].eq(x[1]),
        ["not_equal"] = x => x.Number(1) is { } right ? x[0].ne(right) : x[0].ne(x[1]),
        ["less"] = x => x.Number(1) is { } right ? x[0].lt(right) : x[0].lt(x[1]),
        ["less_equal"] = x => x.Number(1) is { } right ? x[0].le(right) : x[0].le(x[1]),
        ["greater"] = x => x.Number(1) is { } right ? x[0].gt(right) : x[0].gt(x[1]),
        ["greater_equal"] = x => x.Number(1) is { } right ? x[0].ge(right) : x[0].ge(x[1]),
        ["isnan"] = x => x[0].isnan(),
        ["isfinite"] = x => x[0].isfinite(),
        ["logical_and"] = x => x.Raw(0).logical_and(x.Raw(1)),
        ["logical_or"] = x => x.Raw(0).logical_or(x.Raw(1)),
        ["logical_not"] = x => x.Raw(0).logical_not(),
        ["sum"] = x => Reduce(x, (values, axes, keep) => values.sum(axes, keepdim: keep)),
        ["mean"] = x => Reduce(x, (values, axes, keep) => values.mean(axes, keepdim: keep)),
        ["max"] = x => Reduce(x, (values, axes, keep) => values.amax(axes, keepdim: keep)),
        ["min"] = x => Reduce(x, (values, axes, keep) => values.amin(axes, keepdim: keep)),
        ["prod"] = x => Reduce(x, Product),
        ["var"] = x => Reduce(x, Variance),
        ["std"] = x => Reduce(x, (values, axes, keep) => Variance(values, axes, keep).sqrt()),
        ["logsumexp"] = x => Reduce(x, LogSumExp),
        ["norm"] = x => Reduce(x, (values, axes, keep) => Norm(values, axes, keep, x.Options.Order)),
        ["any"] = x => Reduce(x, (values, axes, keep) => values.amax(axes, keepdim: keep)).gt(0.5),
        ["all"] = x => Reduce(x, (values, axes, keep) => values.amin(axes, keepdim: keep)).gt(0.5),
        ["argmax"] = x => x[0].argmax(x.Axis).to(x.Like.dtype),
        ["argmin"] = x => x[0].argmin(x.Axis).to(x.Like.dtype),
        ["softmax"] = x => x[0].softmax(x.Axis),
        ["log_softmax"] = x => x[0].log_softmax(x.Axis),
        ["l2_normalize"] = x => x[0] / x[0].square().sum([x.Axis], keepdim: true).clamp_min(SmallestSquare).sqrt(),
        ["cumsum"] = x => x[0].cumsum(x.Axis),
        ["dot"] = x => (x[0] * x[1]).sum([x.Axis]),
        ["matmul"] = x => x[1].dim() == 2 ? nn.functional.linear(x[0], x[1].t()) : bmm(x[0], x[1]),
        ["one_hot"] = x => x[0].unsqueeze(-1).eq(arange(x.Options.Classes!.Value, device: x.Like.device)).to(x.Like.dtype),
    };

    /// <summary>The functions that are covered.</summary>
    public static IReadOnlyCollection<string> Names => Table.Keys;

    /// <summary>What a function computes.</summary>
    public static Func<CallArguments, Tensor> Find(string name) => Table[name];

    private static Tensor Reduce(CallArguments x, Func<Tensor, long[], bool, Tensor> reduce)
    {
        var values = x[0];
        return values.dim() == 0 ? reduce(values.reshape(1), [0], false) : reduce(values, x.Axes(values), x.Options.KeepDims);
    }

    private static Tensor Product(Tensor values, long[] axes, bool keep)
    {
        foreach (var axis in axes.Select(axis => axis < 0 ? axis + values.dim() : axis).OrderDescending())
            values = values.prod(axis, keep);
        return values;
    }

    /// <summary>The population's variance.</summary>
    private static Tensor Variance(Tensor values, long[] axes, bool keep) =>
        (values - values.mean(axes, keepdim: true)).square().mean(axes, keepdim: keep);

    private static Tensor LogSumExp(Tensor values, long[] axes, bool keep)
    {
        var largest = values.detach().amax(axes, keepdim: true);
        largest = where(largest.isfinite(), largest, zeros_like(largest));
        var sum = (values - largest).exp().sum(axes, keepdim: keep);
        return sum.log() + (keep ? largest : largest.sum(axes));
    }

    private static Tensor Norm(Tensor values, long[] axes, bool keep, double order) => order switch
    {
        1 => values.abs().sum(axes, keepdim: keep),
        2 => values.square().sum(axes, keepdim: keep).clamp_min(SmallestSquare).sqrt(),
        _ => values.abs().amax(axes, keepdim: keep),
    };
}
