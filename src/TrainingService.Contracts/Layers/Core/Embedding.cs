using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Regularizers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>A table with a vector for each whole number.</summary>
[Ignores("input_length")]
public abstract record EmbeddingLayer : LayerSpec
{
    /// <summary>A table of these sizes.</summary>
    protected EmbeddingLayer(int inputDim, int outputDim) => (InputDim, OutputDim) = (inputDim, outputDim);

    /// <summary>How many numbers there are: they go from 0 to below it.</summary>
    public int InputDim { get; init; }

    /// <summary>Size of a vector.</summary>
    public int OutputDim { get; init; }

    /// <summary>Default: uniform, -0.05 to 0.05.</summary>
    public InitializerSpec EmbeddingsInitializer { get; init; } = new RandomUniform();

    /// <summary>Penalty on the table. Default: none.</summary>
    public RegularizerSpec? EmbeddingsRegularizer { get; init; }

    /// <summary>Where the table may be. Default: anywhere.</summary>
    public ConstraintSpec? EmbeddingsConstraint { get; init; }

    /// <summary>Whether 0 is padding: steps that hold it are masked. Default: false.</summary>
    public bool MaskZero { get; init; }

    /// <summary>Rank of a low-rank addition that is trained instead of the table (LoRA; Hu et al., 2021). Default: none.</summary>
    [Range(1, 65_536)]
    [OmittedWhenNull]
    public int? LoraRank { get; init; }

    /// <summary>The addition is scaled by <c>lora_alpha / lora_rank</c>. Default: the rank.</summary>
    [OmittedWhenNull]
    public double? LoraAlpha { get; init; }

    /// <summary>Only null.</summary>
    [DefaultOnly]
    public object? QuantizationConfig { get; init; }

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        if (LoraRank is not null && EmbeddingsConstraint is not null)
            throw new SpecException("lora_rank and embeddings_constraint cannot go together.", "lora_rank");
        if (LoraRank is null && LoraAlpha is not null)
            throw new SpecException($"lora_alpha needs a lora_rank. Received: {LoraAlpha}.", "lora_alpha");
        return new Shape([.. input, OutputDim]);
    }

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input)
    {
        var table = new WeightSpec(
            "embeddings", new Shape(InputDim, OutputDim), EmbeddingsInitializer, Trainable: LoraRank is null, EmbeddingsRegularizer, EmbeddingsConstraint);
        return LoraRank is not { } rank ? [table] :
        [
            table,
            new WeightSpec("lora_embeddings_a", new Shape(InputDim, rank), new HeUniform(), Regularizer: EmbeddingsRegularizer),
            new WeightSpec("lora_embeddings_b", new Shape(rank, OutputDim), new Zeros(), Regularizer: EmbeddingsRegularizer),
        ];
    }
}

/// <summary>Vectors of whole numbers, such as words: row <c>i</c> of a table for the number <c>i</c>.</summary>
/// <param name="InputDim">How many numbers there are: they go from 0 to below it.</param>
/// <param name="OutputDim">Size of a vector.</param>
/// <remarks>Input <c>(batch, …)</c> of whole numbers → output <c>(batch, …, output_dim)</c>.</remarks>
public sealed record Embedding([Range(1, int.MaxValue)] int InputDim, [Range(1, int.MaxValue)] int OutputDim) : EmbeddingLayer(InputDim, OutputDim);

/// <summary>
/// An Embedding that also leads back: called with <c>reverse=True</c>, it projects vectors to scores of all numbers, <c>x·Eᵀ</c> with the
/// table or <c>x·R</c> with a matrix of its own (Press and Wolf, 2017).
/// </summary>
/// <param name="InputDim">How many numbers there are: they go from 0 to below it.</param>
/// <param name="OutputDim">Size of a vector.</param>
/// <param name="TieWeights">Whether the way back uses the table itself. Default: true.</param>
/// <param name="ReverseDtype">Dtype of the way back; only float32. Default: null, the layer's.</param>
/// <param name="LogitSoftCap">Scores become <c>tanh(score / cap) · cap</c>. Default: none.</param>
/// <remarks>Input <c>(batch, …)</c> → <c>(batch, …, output_dim)</c>; in reverse <c>(batch, …, output_dim)</c> → <c>(batch, …, input_dim)</c>.</remarks>
public sealed record ReversibleEmbedding(
    [Range(1, int.MaxValue)] int InputDim,
    [Range(1, int.MaxValue)] int OutputDim,
    bool TieWeights = true,
    [RegularExpression("float32", ErrorMessage = "null or \"float32\"")] string? ReverseDtype = null,
    [Range(1e-6, 1e30)] double? LogitSoftCap = null) : EmbeddingLayer(InputDim, OutputDim)
{
    private static readonly string[] InputsAndReverse = ["inputs", "reverse"];

    /// <inheritdoc />
    public override IReadOnlyList<string> CallParameters => InputsAndReverse;

    /// <inheritdoc />
    public override IReadOnlyList<Shape> OutputShapes(IReadOnlyList<Shape> inputs, CallSpec call)
    {
        if (inputs.Count != 1)
            throw new SpecException($"expected one input. Received: {inputs.Count}.");
        if (!call.Flag("reverse"))
            return [OutputShape(inputs[0])];
        return inputs[0].Rank > 0 && inputs[0][-1] == OutputDim
            ? [inputs[0].WithLast(InputDim)]
            : throw new SpecException($"the way back expects a last axis of {OutputDim}. Received: {inputs[0]}.");
    }

    /// <inheritdoc />
    public override IReadOnlyList<WeightSpec> Weights(Shape input)
    {
        var weights = base.Weights(input);
        return TieWeights ? weights : [.. weights, new WeightSpec("reverse_embeddings", new Shape(OutputDim, InputDim), EmbeddingsInitializer)];
    }
}
