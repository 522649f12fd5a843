using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Engine.Checkpoints;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Texts as numbers of their words.</summary>
public sealed class TextVectorization(Specs.TextVectorization spec, LayerContext context) : Layer(spec, context), IHostLayer, IAdaptable
{
    private readonly Vocabulary<string> _vocabulary = new(spec.Lookup, word => word, ByteOrder.Compare);

    /// <summary>The special tokens and then the vocabulary, by number.</summary>
    public IReadOnlyList<string> Vocabulary => [.. _vocabulary.WithSpecialTokens()];

    /// <inheritdoc />
    public bool Adapts => spec.Vocabulary is null;

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) =>
        throw new NotSupportedException($"{Name}: a TextVectorization takes texts, which no tensor can hold. It runs where data is prepared.");

    /// <inheritdoc />
    public HostValue Apply(params IReadOnlyList<HostValue> inputs)
    {
        if (!_vocabulary.IsKnown)
            throw new InvalidOperationException($"{Name}: expected a vocabulary, or adapt before the first call.");
        var texts = HostValues.Single(inputs).Texts();
        var rows = Tokens(texts).Select(row => row.Select(_vocabulary.NumberOf).ToArray()).ToList();
        return new TensorValue(spec.OutputMode == CategoryOutput.Int ? Numbers(rows, texts) : Encoded(rows));
    }

    /// <inheritdoc />
    public override void WriteState(StateWriter state) => state.Add("vocabulary", _vocabulary);

    /// <inheritdoc />
    public override void ReadState(StateReader state) => state.Read("vocabulary", _vocabulary);

    /// <inheritdoc />
    public void Reset() => _vocabulary.Reset();

    /// <inheritdoc />
    public void Update(HostValue batch)
    {
        _ = Lookups.Adapting(this, batch);
        _vocabulary.Count(Tokens(batch.Texts()));
    }

    /// <inheritdoc />
    public void Finish() => _vocabulary.Finish();

    /// <inheritdoc />
    public LayerSpec Learned() => Adapts ? spec with { Vocabulary = _vocabulary.Tokens, IdfWeights = _vocabulary.TokenWeights } : spec;

    /// <summary>The tokens of each text; without a split those of each row.</summary>
    private IEnumerable<IReadOnlyList<string>> Tokens(TextValue texts)
    {
        if (spec.Split is not null && texts.Dims.Count > 1 && texts.Dims[^1] != 1)
            throw new ArgumentException($"expected texts of shape (batch) or (batch, 1). Received: ({string.Join(", ", texts.Dims)}).");
        var standard = texts.Values.Select(text => TextRules.Standardize(text, spec.Standardize)).ToList();
        var rows = spec.Split is { } split ? standard.Select(text => TextRules.Split(text, split)) : Lookups.Documents(standard, texts.Dims);
        return spec.Runs is { } runs ? rows.Select(row => TextRules.Runs(row, runs)) : rows;
    }

    /// <summary>(batch, length), filled up with 0; texts that are not split keep their shape.</summary>
    private torch.Tensor Numbers(List<long[]> rows, TextValue texts)
    {
        if (spec is { Split: null, Ngrams: null } && texts.Dims.Count < 2)
            return HostValues.Tensor(rows.SelectMany(row => row), texts.Dims);
        var length = spec.OutputSequenceLength ?? rows.Select(row => row.Length).DefaultIfEmpty(0).Max();
        return HostValues.Tensor(rows.SelectMany(row => Fitted(row, length, 0)), [rows.Count, length]);
    }

    /// <summary>One row per text; padding counts nothing.</summary>
    private torch.Tensor Encoded(List<long[]> rows)
    {
        var length = rows.Select(row => row.Length).DefaultIfEmpty(0).Max();
        var numbers = HostValues.Tensor(rows.SelectMany(row => Fitted(row, length, -1)), [rows.Count, length]);
        return Lookups.Encode(numbers, spec.OutputMode, _vocabulary.Depth, _vocabulary.IdfWeights);
    }

    private static IEnumerable<long> Fitted(long[] row, int length, long padding) =>
        row.Take(length).Concat(Enumerable.Repeat(padding, Math.Max(0, length - row.Length)));
}
