using TorchSharp;
using TrainingService.Engine.Regularizers;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Scaled dot-product attention of several heads over learned projections.</summary>
public abstract class HeadsAttention : Layer
{
    private const double Masked = -1e9; // what scores become that do not count, where the weights are asked for

    private readonly Specs.HeadsAttention _spec;
    private readonly Layer? _dropout;
    private readonly Func<Tensor, Tensor>? _penalty;

    /// <summary>Builds the layer.</summary>
    protected HeadsAttention(Specs.HeadsAttention spec, LayerContext context)
        // The kernels in memory as libtorch's linear wants them: (heads, size, in), and (out, heads, size) for the last one.
        : base(spec, context, weight => weight == "attention_output/kernel" ? [.. Enumerable.Range(2, OutputAxes(spec)), 0, 1] : weight.EndsWith("/kernel", StringComparison.Ordinal) ? [1, 2, 0] : null)
    {
        _spec = spec;
        if (spec.Dropout > 0)
            _dropout = Sublayer(new Specs.Dropout(spec.Dropout) { Seed = spec.Seed }, "dropout", [OutputShape]);
        if (spec.ActivityRegularizer is { } penalty)
            _penalty = RegularizerTable.Find(penalty);
    }

    /// <inheritdoc />
    public override bool SupportsMasking => true;

    /// <summary>The activity regularizer is for the projections.</summary>
    protected override bool PenalizesOutputs => false;

    /// <summary>Size of a query's head, by whose root the scores are divided.</summary>
    protected abstract long HeadSize { get; }

    /// <summary>Whether a mask of the query that is an argument of its own counts.</summary>
    protected abstract bool TakesQueryMaskArgument { get; }

    /// <summary>Axes of the query over which to attend.</summary>
    protected abstract IReadOnlyList<int> Axes(Tensor query);

    /// <inheritdoc />
    public override IReadOnlyList<KerasTensor> Call(IReadOnlyList<KerasTensor> inputs, CallContext call)
    {
        var (query, value) = (inputs[0].Value, call.Tensor("value")!);
        var key = call.Tensor("key") ?? value;
        var wantsScores = call.Flag("return_attention_scores");
        var ownMask = call.Has("query_mask") ? null : inputs[0].Mask;
        var given = call.Tensor("attention_mask")?.to(@bool);
        var masks = new[] { TakesQueryMaskArgument ? inputs[0].Mask : ownMask, call.MaskOf("value"), call.MaskOf("key") };
        var causalOnly = call.Flag("use_causal_mask") && given is null && _spec.SlidingWindow is null && Array.TrueForAll(masks, mask => mask is null);
        var allowed = causalOnly ? null : Allowed(query.shape[1], value.shape[1], masks, given, call);

        var gate = _spec.UseGate ? ToHeads("gate", query, call, torch.sigmoid) : null;
        var heads = (Query: ToHeads("query", query, call), Key: Share(ToHeads("key", key, call)), Value: Share(ToHeads("value", value, call)));
        Tensor output;
        Tensor? scores = null;
        if (heads.Query.dim() == 4 && _spec.Dropout == 0 && !wantsScores)
        {
            output = Fused(heads.Query, heads.Key, heads.Value, allowed, causalOnly);
        }
        else
        {
            if (causalOnly)
                allowed = AttentionMasks.Causal(query.shape[1], value.shape[1], query.device).unsqueeze(0);
            (output, scores, allowed) = Explicit(heads.Query, heads.Key, heads.Value, allowed, Axes(query), call);
        }
        output = Project(gate is null ? output : output * gate, call);

        var result = new KerasTensor(output, ownMask);
        return wantsScores ? [result, new KerasTensor(scores!, allowed)] : [result];
    }

    /// <summary>Heads of key or value as many as the query has.</summary>
    protected virtual Tensor Share(Tensor heads) => heads;

    private Tensor ToHeads(string name, Tensor x, CallContext call, Func<Tensor, Tensor>? activation = null)
    {
        var kernel = Value($"{name}/kernel"); // (in, heads, size)
        var y = nn.functional.linear(x, kernel.permute(1, 2, 0).flatten(0, 1), ValueOrNull($"{name}/bias")?.flatten());
        y = y.view([.. y.shape[..^1], kernel.shape[1], kernel.shape[2]]); // (batch, …, heads, size)
        return Penalized(activation is null ? y : activation(y), call);
    }

    private Tensor Project(Tensor heads, CallContext call)
    {
        var kernel = Value("attention_output/kernel"); // (heads, size, out…)
        var bias = ValueOrNull("attention_output/bias");
        long[] back = [.. Enumerable.Range(2, (int)kernel.dim() - 2).Select(axis => (long)axis), 0, 1];
        var weights = kernel.permute(back).flatten(-2, -1).flatten(0, -2); // (out, heads · size)
        var y = nn.functional.linear(heads.flatten(-2, -1), weights, bias?.flatten());
        return Penalized(kernel.dim() == 3 ? y : y.view([.. y.shape[..^1], .. kernel.shape[2..]]), call);
    }

    private Tensor Penalized(Tensor y, CallContext call)
    {
        if (_penalty is not null)
            call.AddLoss(_penalty(y) / Math.Max(1, y.shape[0]));
        return y;
    }

    private Tensor? Allowed(long queries, long keys, Tensor?[] masks, Tensor? given, CallContext call)
    {
        var allowed = masks[0]?.to(@bool).unsqueeze(-1); // (batch, T, 1)
        foreach (var mask in masks.Skip(1))
            allowed = AttentionMasks.And(allowed, mask?.to(@bool).unsqueeze(-2)); // (batch, 1, S)
        var device = (given ?? Value("query/kernel")).device;
        if (call.Flag("use_causal_mask"))
            allowed = AttentionMasks.And(allowed, AttentionMasks.Causal(queries, keys, device).unsqueeze(0));
        if (_spec.SlidingWindow is { } width)
            allowed = AttentionMasks.And(allowed, AttentionMasks.Window(queries, keys, width, device).unsqueeze(0));
        return AttentionMasks.And(given, allowed);
    }

    /// <summary>libtorch's own kernel. A query that may attend to nothing attends to everything, as in Keras.</summary>
    private static Tensor Fused(Tensor query, Tensor key, Tensor value, Tensor? allowed, bool causal)
    {
        Tensor? bias = null;
        if (allowed is not null)
        {
            var lowest = -0.7 * (query.dtype == float64 ? double.MaxValue : query.dtype == float32 ? float.MaxValue : 65504);
            bias = zeros(allowed.shape, query.dtype, query.device).masked_fill_(allowed.logical_not(), lowest);
            bias = Expand(bias, 4, axes: 1);
        }
        return nn.functional.scaled_dot_product_attention(query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), bias!, 0, causal).transpose(1, 2);
    }

    /// <summary>Attention whose weights are wanted, dropped out, or spread over several axes. A query that may attend to nothing gives zeros.</summary>
    private (Tensor Output, Tensor Scores, Tensor? Mask) Explicit(Tensor query, Tensor key, Tensor value, Tensor? allowed, IReadOnlyList<int> axes, CallContext call)
    {
        var rank = (int)query.dim();
        var others = Enumerable.Range(0, rank - 1).Where(axis => !axes.Contains(axis)).ToList(); // batch, …, heads
        long[] order = [.. others.Concat(axes).Append(rank - 1).Select(axis => (long)axis)];
        var (q, k, v) = (Flat(query), Flat(key), Flat(value)); // (batch · … · heads, attended, size)
        var batch = others.Select(axis => query.shape[axis]).ToArray();
        long[] from = [.. axes.Select(axis => query.shape[axis])], to = [.. axes.Select(axis => key.shape[axis])];

        var scores = bmm(q * (1 / Math.Sqrt(HeadSize)), k.transpose(1, 2)).view([.. batch, .. from, .. to]);
        var mask = allowed is null ? null : Expand(allowed, rank - 1 + axes.Count, axes.Count);
        if (mask is not null)
            scores = scores.masked_fill(mask.logical_not(), Masked);
        scores = scores.flatten(-axes.Count).softmax(-1).view([.. batch, .. from, .. to]);
        if (mask is not null)
            scores = scores.masked_fill(mask.logical_not(), 0);
        var weights = _dropout is null ? scores : _dropout.Call(scores, call);
        var output = bmm(weights.reshape(q.shape[0], q.shape[1], k.shape[1]), v).view([.. batch, .. from, value.shape[^1]]);
        return (output.permute(Inverse(order)), scores, mask);

        Tensor Flat(Tensor heads) => heads.permute(order).flatten(others.Count, rank - 2).flatten(0, others.Count - 1);
    }

    /// <summary>A mask with axes of size 1 in front of those of queries and keys, as many as are missing.</summary>
    private static Tensor Expand(Tensor mask, int rank, int axes)
    {
        while (mask.dim() < rank)
            mask = mask.unsqueeze(-2 * axes - 1);
        return mask;
    }

    private static long[] Inverse(long[] order) => [.. order.Select((axis, place) => (axis, place)).OrderBy(pair => pair.axis).Select(pair => (long)pair.place)];

    private static int OutputAxes(Specs.HeadsAttention spec) => spec is Specs.MultiHeadAttention { OutputSizes.Count: > 0 and var count } ? count : 1;
}
