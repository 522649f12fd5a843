using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Regularizers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Scaled dot-product attention of several heads over learned projections (Vaswani et al., 2017).</summary>
/// <remarks>
/// Called with <c>query (batch, T, in)</c>, <c>value (batch, S, …)</c> and perhaps <c>key (batch, S, …)</c> → <c>(batch, T, in)</c>, then the
/// attention weights <c>(batch, heads, T, S)</c> with <c>return_attention_scores</c>. Masks of the three, <c>attention_mask</c>
/// <c>(batch, T, S)</c>, <c>use_causal_mask</c> and the sliding window are all combined.
/// </remarks>
[Ignores("flash_attention")]
public abstract record HeadsAttention : LayerSpec
{
    private static readonly string[] Parameters =
        ["query", "value", "key", "query_mask", "value_mask", "key_mask", "attention_mask", "return_attention_scores", "training", "use_causal_mask"];

    /// <summary>Share of the attention weights to drop while training. Default: 0.</summary>
    [Range(0.0, 1.0)]
    public double Dropout { get; init; }

    /// <summary>Whether the projections learn an offset. Default: true.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>Whether the heads' outputs are multiplied by a sigmoid of a projection of the query (Qiu et al., 2025). Default: false.</summary>
    public bool UseGate { get; init; }

    /// <summary>A query attends only to keys less than so many steps away. Default: to all.</summary>
    [Range(1, int.MaxValue)]
    public int? SlidingWindow { get; init; }

    /// <summary>Of the projections. Default: glorot_uniform.</summary>
    public InitializerSpec KernelInitializer { get; init; } = new GlorotUniform();

    /// <summary>Of the projections' offsets. Default: zeros.</summary>
    public InitializerSpec BiasInitializer { get; init; } = new Zeros();

    /// <summary>Penalty on the projections' kernels. Default: none.</summary>
    public RegularizerSpec? KernelRegularizer { get; init; }

    /// <summary>Penalty on the projections' offsets. Default: none.</summary>
    public RegularizerSpec? BiasRegularizer { get; init; }

    /// <summary>Where the projections' kernels may be. Default: anywhere.</summary>
    public ConstraintSpec? KernelConstraint { get; init; }

    /// <summary>Where the projections' offsets may be. Default: anywhere.</summary>
    public ConstraintSpec? BiasConstraint { get; init; }

    /// <summary>Seed of the dropout of its own; null draws from the job's seed.</summary>
    public long? Seed { get; init; }

    /// <inheritdoc />
    public override IReadOnlyList<string> CallParameters => Parameters;

    /// <inheritdoc />
    public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs, CallSpec call)
    {
        var (query, value, key) = Of(inputs, call);
        CheckInputs(query, value, key);
        var output = OutputOf(query);
        return call.Flag("return_attention_scores") ? [output, Scores(query, key)] : [output];
    }

    /// <summary>Shape of the attention weights of a call.</summary>
    internal Shape ScoresOf(IReadOnlyList<Shape> inputs, CallSpec call)
    {
        var (query, _, key) = Of(inputs, call);
        return Scores(query, key);
    }

    /// <summary>Shapes of query, value and key; the key is the value where none is given.</summary>
    protected static (Shape Query, Shape Value, Shape Key) Of(IReadOnlyList<Shape> inputs, CallSpec call)
    {
        if (inputs.Count != 1 || call.Shape("value") is not { } value)
            throw new SpecException("expected a query and a value, and perhaps a key, as arguments of their own.");
        return (inputs[0], value, call.Shape("key") ?? value);
    }

    /// <summary>Whether the three go together.</summary>
    /// <exception cref="SpecException">They do not.</exception>
    private protected virtual void CheckInputs(Shape query, Shape value, Shape key)
    {
        if (query.Rank < 3 || value.Rank != query.Rank || key.Rank != query.Rank)
            throw new SpecException($"expected query, value and key of at least 3 axes (batch, time, features). Received: {query}, {value}, {key}.");
        if (query[-1] is null || value[-1] is null || key[-1] is null)
            throw new SpecException($"the last axes must be known. Received: {query}, {value}, {key}.");
        if (!value.WithLast(null).IsCompatibleWith(key.WithLast(null)))
            throw new SpecException($"expected value and key that differ in the last axis only. Received: {value} and {key}.");
    }

    /// <summary>Shape of the output.</summary>
    private protected virtual Shape OutputOf(Shape query) => query;

    /// <summary>Shape of the attention weights.</summary>
    private protected abstract Shape Scores(Shape query, Shape key);

    /// <summary>A projection's kernel and offset.</summary>
    private protected IEnumerable<WeightSpec> Projection(string name, Shape kernel, Shape bias)
    {
        yield return new WeightSpec($"{name}/kernel", kernel, KernelInitializer, Regularizer: KernelRegularizer, Constraint: KernelConstraint);
        if (UseBias)
            yield return new WeightSpec($"{name}/bias", bias, BiasInitializer, Regularizer: BiasRegularizer, Constraint: BiasConstraint);
    }

    /// <summary>A projection of features to heads.</summary>
    private protected IEnumerable<WeightSpec> ToHeads(string name, long? features, long heads, long size) =>
        Projection(name, new Shape(features, heads, size), new Shape(heads, size));
}
