using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Attention with scores straight from queries and keys: <c>softmax(scores(query, key)) · value</c>.</summary>
/// <remarks>
/// Inputs [query <c>(batch, Tq, dim)</c>, value <c>(batch, Tv, dim)</c>] or [query, value, key] → <c>(batch, Tq, dim)</c>, then the weights
/// <c>(batch, Tq, Tv)</c> with <c>return_attention_scores</c>. The query's mask sets outputs to 0, the value's leaves values out.
/// </remarks>
public abstract record PlainAttention : LayerSpec
{
    private static readonly string[] InputsAndFlags = ["inputs", "mask", "training", "return_attention_scores", "use_causal_mask"];

    /// <summary>Share of the attention weights to drop while training. Default: 0.</summary>
    [Range(0.0, 1.0)]
    public double Dropout { get; init; }

    /// <summary>Seed of the dropout of its own; null draws from the job's seed.</summary>
    public long? Seed { get; init; }

    /// <inheritdoc />
    public override IReadOnlyList<string> CallParameters => InputsAndFlags;

    /// <inheritdoc />
    public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs, CallSpec call)
    {
        if (inputs.Count is < 2 or > 3)
            throw new SpecException($"expected a list of inputs, [query, value] or [query, value, key]. Received: {inputs.Count} inputs.");
        var (query, value, key) = (inputs[0], inputs[1], inputs[^1]);
        if (query.Rank < 3 || value.Rank != query.Rank || key.Rank != query.Rank)
            throw new SpecException($"expected query, value and key of at least 3 axes (batch, …, time, features). Received: {string.Join(", ", inputs)}.");
        if (query[-1] is { } features && key[-1] is { } keyFeatures && features != keyFeatures)
            throw new SpecException($"expected query and key of the same features. Received: {query} and {key}.");
        if (value[-2] is { } times && key[-2] is { } keyTimes && times != keyTimes)
            throw new SpecException($"expected value and key of the same time axis. Received: {value} and {key}.");
        var output = query.WithLast(value[-1]);
        return call.Flag("return_attention_scores") ? [output, query.WithLast(key[-2])] : [output];
    }
}

/// <summary>How <see cref="Attention"/> scores a query and a key.</summary>
public enum ScoreMode
{
    /// <summary>Their dot product.</summary>
    Dot,

    /// <summary>The sum of the hyperbolic tangent of their sum, times a learned number.</summary>
    Concat,
}

/// <summary>Dot-product attention (Luong et al., 2015).</summary>
/// <param name="UseScale">Whether to learn a number that scales the scores. Default: false.</param>
/// <param name="ScoreMode">Default: dot.</param>
public sealed record Attention(bool UseScale = false, ScoreMode ScoreMode = ScoreMode.Dot) : PlainAttention
{
    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input)
    {
        List<WeightSpec> weights = [];
        if (UseScale)
            weights.Add(new("scale", new Shape(), new Ones()));
        if (ScoreMode == ScoreMode.Concat)
            weights.Add(new("concat_score_weight", new Shape(), new Ones()));
        return weights;
    }
}

/// <summary>Additive attention (Bahdanau et al., 2014): scores <c>Σ scale · tanh(query + key)</c>.</summary>
/// <param name="UseScale">Whether to learn a factor for each feature. Default: true.</param>
public sealed record AdditiveAttention(bool UseScale = true) : PlainAttention
{
    /// <inheritdoc />
    public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs, CallSpec call) =>
        UseScale && inputs.Count > 0 && inputs[0].Rank > 0 && inputs[0][-1] is null
            ? throw new SpecException($"the last axis of the query must be known. Received: {inputs[0]}.")
            : base.OutputShapes(inputs, call);

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input) => UseScale ? [new WeightSpec("scale", new Shape(input[-1]), new GlorotUniform())] : [];
}
