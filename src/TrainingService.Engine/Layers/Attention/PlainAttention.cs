using TorchSharp;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Attention with scores straight from queries and keys: <c>softmax(scores(query, key)) · value</c>.</summary>
public abstract class PlainAttention : Layer
{
    private const double Masked = 1e9; // taken off the scores that do not count

    private readonly Layer? _dropout;

    /// <summary>Builds the layer.</summary>
    protected PlainAttention(Specs.PlainAttention spec, LayerContext context) : base(spec, context)
    {
        if (spec.Dropout > 0)
            _dropout = Sublayer(new Specs.Dropout(spec.Dropout) { Seed = spec.Seed }, "dropout", [OutputShape]);
    }

    /// <inheritdoc />
    public override bool SupportsMasking => true;

    /// <inheritdoc />
    public override IReadOnlyList<KerasTensor> Call(IReadOnlyList<KerasTensor> inputs, CallContext call)
    {
        var (query, queryMask) = inputs[0];
        var (value, valueMask) = inputs[1];
        var scores = Scores(query, inputs[^1].Value); // (batch, …, Tq, Tv)
        if (ScoreMask(scores, valueMask, call) is { } mask)
            scores = where(mask, scores, scores - Masked);
        var weights = scores.softmax(-1);
        var output = Product(_dropout is null ? weights : _dropout.Call(weights, call), value); // (batch, …, Tq, dim)
        if (queryMask is not null)
            output = output.masked_fill(queryMask.to(@bool).logical_not().unsqueeze(-1), 0);
        var result = new KerasTensor(output, queryMask);
        return call.Flag("return_attention_scores") ? [result, new KerasTensor(weights)] : [result];
    }

    /// <summary>How well each key (batch, …, Tv, dim) goes with each query (batch, …, Tq, dim): (batch, …, Tq, Tv).</summary>
    protected abstract Tensor Scores(Tensor query, Tensor key);

    /// <summary>Product of the last two axes; the ones before them are the batch.</summary>
    protected static Tensor Product(Tensor left, Tensor right) =>
        bmm(left.flatten(0, -3), right.flatten(0, -3)).view([.. left.shape[..^1], right.shape[^1]]);

    private static Tensor? ScoreMask(Tensor scores, Tensor? valueMask, CallContext call)
    {
        var allowed = valueMask?.to(@bool);
        if (allowed is not null && (allowed.dim() == 2 || call.Flag("use_causal_mask")))
            allowed = allowed.unsqueeze(-2); // (batch, 1, Tv)
        return call.Flag("use_causal_mask") ? AttentionMasks.And(allowed, AttentionMasks.Causal(scores.shape[^2], scores.shape[^1], scores.device)) : allowed;
    }
}

/// <summary>Dot-product attention, or attention over the tangent of sums.</summary>
public sealed class Attention(Specs.Attention spec, LayerContext context) : PlainAttention(spec, context)
{
    /// <inheritdoc />
    protected override Tensor Scores(Tensor query, Tensor key)
    {
        var scale = ValueOrNull("scale");
        if (spec.ScoreMode == Specs.ScoreMode.Dot)
        {
            var products = Product(query, key.transpose(-2, -1));
            return scale is null ? products : products * scale;
        }
        var sums = query.unsqueeze(-2) + key.unsqueeze(-3); // (batch, …, Tq, Tv, dim)
        return Value("concat_score_weight") * (scale is null ? sums : sums * scale).tanh().sum(-1);
    }
}

/// <summary>Additive attention: scores <c>Σ scale · tanh(query + key)</c>.</summary>
public sealed class AdditiveAttention(Specs.AdditiveAttention spec, LayerContext context) : PlainAttention(spec, context)
{
    /// <inheritdoc />
    protected override Tensor Scores(Tensor query, Tensor key)
    {
        var sums = (query.unsqueeze(-2) + key.unsqueeze(-3)).tanh(); // (batch, …, Tq, Tv, dim)
        return spec.UseScale ? (sums * Value("scale")).sum(-1) : sums.sum(-1);
    }
}
