using System.ComponentModel.DataAnnotations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>How a token that is not in the vocabulary chooses among several numbers.</summary>
public enum OovMethod
{
    /// <summary>Whole numbers: their remainder. Texts: their hash.</summary>
    Floormod,

    /// <summary>The hash of the text, or of the number's digits.</summary>
    Farmhash,
}

/// <summary>What StringLookup and IntegerLookup share: numbers of tokens, first those of mask and unknown tokens, then the vocabulary's.</summary>
[Ignores("has_input_vocabulary")]
public abstract record IndexLookupSpec : LayerSpec
{
    /// <summary>Most tokens, special ones included; null for no limit.</summary>
    [Range(2, int.MaxValue)]
    public int? MaxTokens { get; init; }

    /// <summary>How many numbers unknown tokens share; with 0 they are an error. Default: 1.</summary>
    [Range(0, int.MaxValue)]
    public int NumOovIndices { get; init; } = 1;

    /// <summary>Weight of each token for tf_idf; needed there with a vocabulary. Default: null.</summary>
    [MaxLength(10_000_000)]
    public IReadOnlyList<double>? IdfWeights { get; init; }

    /// <summary>Whether numbers come in and tokens go out. Default: false.</summary>
    public bool Invert { get; init; }

    /// <summary>Default: int.</summary>
    public CategoryOutput OutputMode { get; init; }

    /// <summary>Whether the last axis has max_tokens entries however large the vocabulary is. Default: false.</summary>
    public bool PadToMaxTokens { get; init; }

    /// <summary>How unknown tokens choose among several numbers. Default: floormod.</summary>
    public OovMethod OovMethod { get; init; }

    /// <summary>Key of the hash of unknown tokens: two whole numbers, or one for both. Default: none.</summary>
    public Integers? Salt { get; init; }

    /// <summary>Size of a vocabulary that was learned. Default: null.</summary>
    [Range(0, int.MaxValue)]
    public int? VocabularySize { get; init; }

    /// <summary>The vocabulary as texts; null when it is learned (<c>adapt</c>).</summary>
    public abstract IReadOnlyList<string>? Words { get; }

    /// <summary>The mask token as a text, or null.</summary>
    public abstract string? MaskWord { get; }

    /// <summary>What unknown numbers become when inverted, as a text.</summary>
    public abstract string? OovWord { get; }

    /// <summary>Whether the vocabulary is learned from data.</summary>
    public bool Adapts => Words is null;

    /// <summary>The number of the first unknown token: 1 behind a mask token that has a number.</summary>
    public int OovStart => MaskWord is not null && OutputMode == CategoryOutput.Int ? 1 : 0;

    /// <summary>The number of the first token of the vocabulary.</summary>
    public int TokenStart => OovStart + NumOovIndices;

    /// <summary>The vocabulary without the special tokens that may stand before it.</summary>
    public IReadOnlyList<string>? Tokens => Words is { } words && HasSpecialTokens(words) ? [.. words.Skip(TokenStart)] : Words;

    /// <summary>Length of an encoded row; null when the vocabulary is not known.</summary>
    public long? Depth => PadToMaxTokens ? MaxTokens : Tokens is { } tokens ? TokenStart + tokens.Count : VocabularySize;

    /// <summary>Whether the weights of tf_idf include those of the special tokens.</summary>
    public bool HasSpecialTokens(IReadOnlyList<string> words) =>
        words.Count >= TokenStart
        && Enumerable.Range(0, TokenStart).All(index => words[index] == (index < OovStart ? MaskWord : OovWord));

    /// <inheritdoc />
    public override Shape OutputShape(Shape input) => CategoryOutputs.Shape(input, OutputMode, Depth);

    /// <inheritdoc />
    public override void CheckFields()
    {
        if (Words is { } words)
            CheckVocabulary(words);
        if (PadToMaxTokens && MaxTokens is null)
            throw new SpecException("expected max_tokens, since pad_to_max_tokens is true. Received: none.", "max_tokens");
        if (Invert && OutputMode != CategoryOutput.Int)
            throw new SpecException("expected \"int\", since invert is true.", "output_mode");
        if (IdfWeights is not null && OutputMode != CategoryOutput.TfIdf)
            throw new SpecException("expected idf_weights only with the output_mode tf_idf.", "idf_weights");
        if (Salt is { Values.Count: > 2 } or { Values.Count: 1, IsList: true })
            throw new SpecException($"expected a whole number or a list of two. Received: {Salt}.", "salt");
    }

    private void CheckVocabulary(IReadOnlyList<string> words)
    {
        if (words.Count == 0)
            throw new SpecException("expected at least one token. Received: an empty list.", "vocabulary");
        var tokens = Tokens!;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (tokens.FirstOrDefault(token => !seen.Add(token)) is { } repeated)
            throw new SpecException($"expected each token once. Received: \"{repeated}\" again.", "vocabulary");
        if (MaskWord is { } mask && seen.Contains(mask))
            throw new SpecException($"expected the mask token \"{mask}\" only at the start, before the token for unknown ones.", "vocabulary");
        if (Invert && OovWord is { } oov && seen.Contains(oov))
            throw new SpecException($"expected the token \"{oov}\" for unknown ones only at the start, behind the mask token.", "vocabulary");
        if (TokenStart + tokens.Count > MaxTokens)
        {
            throw new SpecException(
                $"expected at most {MaxTokens} tokens, as max_tokens says. Received: {TokenStart + tokens.Count} with the special ones.", "vocabulary");
        }
        if (OutputMode == CategoryOutput.TfIdf && IdfWeights is null)
            throw new SpecException("expected idf_weights beside the vocabulary for tf_idf. Received: none.", "idf_weights");
        if (IdfWeights is { } weights && weights.Count != words.Count)
            throw new SpecException($"expected {words.Count} weights, one per entry of the vocabulary. Received: {weights.Count}.", "idf_weights");
    }
}
