using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>Attention of several heads, each with a projection of its own of query, key and value.</summary>
/// <param name="NumHeads">How many heads.</param>
/// <param name="KeyDim">Size of each head for query and key.</param>
/// <param name="ValueDim">Size of each head for value. Default: <paramref name="KeyDim"/>.</param>
/// <param name="OutputSizes">Axes that take the place of the query's last one in the output. Default: the query's.</param>
/// <param name="AttentionAxes">Axes over which to attend. Default: all but the batch, the heads and the features.</param>
public sealed record MultiHeadAttention(
    [Range(1, int.MaxValue)] int NumHeads,
    [Range(1, int.MaxValue)] int KeyDim,
    [Range(1, int.MaxValue)] int? ValueDim = null,
    [WireName("output_shape")][MaxLength(8)] IReadOnlyList<int>? OutputSizes = null,
    [MaxLength(8)] IReadOnlyList<int>? AttentionAxes = null) : HeadsAttention
{
    /// <summary>Size of each head for value, the default filled in.</summary>
    public int ValueSize => ValueDim ?? KeyDim;

    /// <inheritdoc />
    public override LayerSpec WithDefaults() => this with { ValueDim = ValueSize };

    /// <summary>The axes of the projected query (batch, …, heads, features) over which to attend, counted from the first.</summary>
    /// <exception cref="SpecException">It has no such axes.</exception>
    public IReadOnlyList<int> AxesOf(Shape query)
    {
        if (AttentionAxes is null)
            return [.. Enumerable.Range(1, query.Rank - 2)];
        // As in Keras, a negative axis counts from the end of the query itself.
        var axes = AttentionAxes.Select(axis => axis < 0 ? axis + query.Rank : axis).ToList();
        return axes.Count > 0 && axes.TrueForAll(axis => axis > 0 && axis < query.Rank - 1) && axes.Distinct().Count() == axes.Count
            ? axes
            : throw new SpecException($"expected different axes of {query} between the batch and the features. Received: {string.Join(", ", AttentionAxes)}.", "attention_axes");
    }

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(IReadOnlyList<Shape> inputs, CallSpec call)
    {
        var (query, value, key) = Of(inputs, call);
        var output = OutputAxes(query);
        return
        [
            .. ToHeads("query", query[-1], NumHeads, KeyDim),
            .. ToHeads("key", key[-1], NumHeads, KeyDim),
            .. UseGate ? ToHeads("gate", query[-1], NumHeads, ValueSize) : [],
            .. ToHeads("value", value[-1], NumHeads, ValueSize),
            .. Projection("attention_output", new Shape([NumHeads, ValueSize, .. output]), new Shape(output)),
        ];
    }

    private protected override void CheckInputs(Shape query, Shape value, Shape key)
    {
        base.CheckInputs(query, value, key);
        if (OutputSizes is { } sizes && sizes.Any(size => size < 1))
            throw new SpecException($"expected positive sizes. Received: ({string.Join(", ", sizes)}).", "output_shape");
        var axes = AxesOf(query);
        for (var axis = 1; axis < query.Rank - 1; axis++)
        {
            if (!axes.Contains(axis) && query[axis] is { } size && value[axis] is { } other && size != other)
                throw new SpecException($"expected query and value that agree in axis {axis}, over which nothing attends. Received: {query} and {value}.");
        }
    }

    private protected override Shape OutputOf(Shape query) => new([.. query.SkipLast(1), .. OutputAxes(query)]);

    private protected override Shape Scores(Shape query, Shape key)
    {
        var axes = AxesOf(query);
        var others = Enumerable.Range(0, query.Rank - 1).Where(axis => !axes.Contains(axis)).Select(axis => query[axis]);
        return new([.. others, NumHeads, .. axes.Select(axis => query[axis]), .. axes.Select(axis => key[axis])]);
    }

    private IReadOnlyList<long?> OutputAxes(Shape query) => OutputSizes is { Count: > 0 } sizes ? [.. sizes.Select(size => (long?)size)] : [query[-1]];
}

/// <summary>Attention in which several query heads share a head of key and value (Ainslie et al., 2023).</summary>
/// <param name="HeadDim">Size of each head.</param>
/// <param name="NumQueryHeads">How many heads the query has; a multiple of <paramref name="NumKeyValueHeads"/>.</param>
/// <param name="NumKeyValueHeads">How many heads key and value have.</param>
public sealed record GroupQueryAttention(
    [Range(1, int.MaxValue)] int HeadDim,
    [Range(1, int.MaxValue)] int NumQueryHeads,
    [Range(1, int.MaxValue)] int NumKeyValueHeads) : HeadsAttention
{
    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(IReadOnlyList<Shape> inputs, CallSpec call)
    {
        var (query, value, key) = Of(inputs, call);
        return
        [
            .. ToHeads("query", query[-1], NumQueryHeads, HeadDim),
            .. ToHeads("key", key[-1], NumKeyValueHeads, HeadDim),
            .. UseGate ? ToHeads("gate", query[-1], NumQueryHeads, HeadDim) : [],
            .. ToHeads("value", value[-1], NumKeyValueHeads, HeadDim),
            .. Projection("attention_output", new Shape(NumQueryHeads, HeadDim, query[-1]), new Shape(query[-1])),
        ];
    }

    private protected override void CheckInputs(Shape query, Shape value, Shape key)
    {
        if (NumQueryHeads % NumKeyValueHeads != 0)
            throw new SpecException($"expected a multiple of num_key_value_heads, {NumKeyValueHeads}. Received: {NumQueryHeads}.", "num_query_heads");
        if (query.Rank != 3)
            throw new SpecException($"expected queries of shape (batch, time, features). Received: {query}.");
        base.CheckInputs(query, value, key);
        if (query[-1] != value[-1])
            throw new SpecException($"expected query and value of the same features. Received: {query} and {value}.");
    }

    private protected override Shape Scores(Shape query, Shape key) => new(query[0], NumQueryHeads, query[1], key[1]);
}
