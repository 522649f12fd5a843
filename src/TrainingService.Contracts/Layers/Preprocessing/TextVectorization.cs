using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>What is done to a text before it is split.</summary>
public enum TextStandardization
{
    /// <summary>Lower case, without ASCII punctuation.</summary>
    LowerAndStripPunctuation,

    /// <summary>Lower case.</summary>
    Lower,

    /// <summary>Without ASCII punctuation.</summary>
    StripPunctuation,
}

/// <summary>Where a text is split.</summary>
public enum TextSplit
{
    /// <summary>At white space.</summary>
    Whitespace,

    /// <summary>Between Unicode characters.</summary>
    Character,
}

/// <summary>Texts as numbers of their words: standardize, split, make n-grams, look up (0 is padding, 1 is unknown), cut or fill up.</summary>
/// <param name="MaxTokens">Most tokens, special ones included; null for no limit.</param>
/// <param name="Standardize">Null leaves the text as it is. Default: lower_and_strip_punctuation.</param>
/// <param name="Split">Null takes each text as one token. Default: whitespace.</param>
/// <param name="Ngrams">Lengths of the runs of tokens that become one: a list, or one number for all up to it. Default: none.</param>
/// <param name="OutputMode">int, one_hot, multi_hot, count or tf_idf. Default: int.</param>
/// <param name="OutputSequenceLength">Tokens per text, cut or filled up with 0; only with int. Null fills up to the longest. Default: null.</param>
/// <param name="PadToMaxTokens">Whether rows have max_tokens entries however large the vocabulary is. Default: false.</param>
/// <param name="Vocabulary">In order; null is learned (<c>adapt</c>). Default: null.</param>
/// <param name="IdfWeights">Weight of each token for tf_idf. Default: null.</param>
/// <param name="VocabularySize">Size of a vocabulary that was learned. Default: null.</param>
/// <param name="Sparse">Only false.</param>
/// <param name="Ragged">Only false.</param>
/// <param name="Encoding">Only utf-8.</param>
/// <remarks>Input <c>(batch)</c> or <c>(batch, 1)</c> → output <c>(batch, length)</c>, or one row per text.</remarks>
[Ignores("has_input_vocabulary")]
public sealed record TextVectorization(
    [Range(2, int.MaxValue)] int? MaxTokens = null,
    [NullAllowed] TextStandardization? Standardize = TextStandardization.LowerAndStripPunctuation,
    [NullAllowed] TextSplit? Split = TextSplit.Whitespace,
    [Range(1, 64)] Integers? Ngrams = null,
    CategoryOutput OutputMode = CategoryOutput.Int,
    [Range(1, int.MaxValue)] int? OutputSequenceLength = null,
    bool PadToMaxTokens = false,
    [MaxLength(10_000_000), EachLength(0, 1_000_000)] IReadOnlyList<string>? Vocabulary = null,
    [MaxLength(10_000_000)] IReadOnlyList<double>? IdfWeights = null,
    [Range(0, int.MaxValue)] int? VocabularySize = null,
    [DefaultOnly] bool Sparse = false,
    [DefaultOnly] bool Ragged = false,
    [DefaultOnly] string Encoding = "utf-8") : LayerSpec, ITextLayer
{
    /// <inheritdoc />
    public bool TakesTextsOnly => true;

    /// <summary>The lookup behind the tokens.</summary>
    public StringLookup Lookup => new(Vocabulary, MaskToken: "")
    {
        MaxTokens = MaxTokens,
        IdfWeights = IdfWeights,
        OutputMode = OutputMode,
        PadToMaxTokens = PadToMaxTokens,
        VocabularySize = VocabularySize,
    };

    /// <summary>Lengths of the runs of tokens.</summary>
    public IReadOnlyList<int>? Runs => Ngrams switch
    {
        null => null,
        { IsList: true } list => [.. list.Values.Select(length => (int)length)],
        var upTo => [.. Enumerable.Range(1, (int)upTo.Values[0])],
    };

    /// <inheritdoc />
    public override void CheckFields()
    {
        if (OutputMode != CategoryOutput.Int && OutputSequenceLength is not null)
            throw new SpecException("expected an output_sequence_length only with the output_mode int.", "output_sequence_length");
        Lookup.CheckFields();
    }

    /// <inheritdoc />
    public override Shape OutputShape(Shape input)
    {
        if (Split is not null && input.Rank > 1 && (input.Rank > 2 || input[1] != 1))
            throw new SpecException($"expected texts of shape (batch) or (batch, 1). Received: {input}.");
        var single = input.Rank > 1 ? new Shape(input[0]) : input;
        var tokens = Split is null ? Ngrams is null ? input : new Shape([.. input.Take(Math.Max(1, input.Rank - 1)), null]) : new Shape([.. single, null]);
        if (OutputMode != CategoryOutput.Int)
            return Lookup.OutputShape(tokens.Rank == 1 ? new Shape(tokens[0], 1) : tokens);
        return OutputSequenceLength is { } length && tokens.Rank > 1 ? tokens.WithLast(length) : tokens;
    }
}
