using TorchSharp;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>A table with a vector for each whole number.</summary>
public abstract class EmbeddingLayer : Layer
{
    private readonly Specs.EmbeddingLayer _spec;

    /// <summary>Builds the layer.</summary>
    protected EmbeddingLayer(Specs.EmbeddingLayer spec, LayerContext context, Func<string, int[]?>? memoryOrder = null) : base(spec, context, memoryOrder) => _spec = spec;

    /// <inheritdoc />
    public override bool SupportsMasking => _spec.MaskZero;

    /// <summary>The table, with LoRA's addition: (input_dim, output_dim).</summary>
    protected Tensor Table => Addition is not var (a, b, scale) ? Value("embeddings") : Value("embeddings") + mm(a, b) * scale;

    private (Tensor A, Tensor B, double Scale)? Addition => _spec.LoraRank is { } rank
        ? (Value("lora_embeddings_a"), Value("lora_embeddings_b"), (_spec.LoraAlpha ?? rank) / rank)
        : null;

    /// <summary>The rows of the numbers: (batch, …) to (batch, …, output_dim).</summary>
    protected Tensor Rows(Tensor numbers)
    {
        var flat = numbers.to(int64).flatten();
        var rows = NativeEmbedding.Rows(Value("embeddings"), flat);
        if (Addition is var (a, b, scale))
            rows = rows + mm(a.index_select(0, flat), b) * scale;
        return rows.view([.. numbers.shape, _spec.OutputDim]);
    }

    /// <summary>Which numbers are no padding, or null when none is.</summary>
    protected Tensor? NoPadding(Tensor numbers) => _spec.MaskZero ? numbers.ne(0) : null;
}

/// <summary>Vectors of whole numbers: rows of a table.</summary>
public sealed class Embedding(Specs.Embedding spec, LayerContext context) : EmbeddingLayer(spec, context)
{
    /// <inheritdoc />
    public override Tensor Call(Tensor x, CallContext call) => Rows(x);

    /// <inheritdoc />
    public override Tensor? ComputeMask(Tensor x, Tensor? mask) => NoPadding(x);
}

/// <summary>An Embedding that also projects vectors back to scores of all numbers.</summary>
public sealed class ReversibleEmbedding(Specs.ReversibleEmbedding spec, LayerContext context)
    : EmbeddingLayer(spec, context, weight => weight == "reverse_embeddings" ? [1, 0] : null)
{
    /// <inheritdoc />
    public override IReadOnlyList<KerasTensor> Call(IReadOnlyList<KerasTensor> inputs, CallContext call)
    {
        var x = inputs[0].Value;
        if (!call.Flag("reverse"))
            return [new KerasTensor(Rows(x), NoPadding(x))];
        var table = spec.TieWeights ? Table : Value("reverse_embeddings").t();
        var scores = nn.functional.linear(x.to(table.dtype), table); // (batch, …, input_dim)
        return [new KerasTensor(spec.LogitSoftCap is { } cap ? (scores / cap).tanh() * cap : scores)];
    }
}
