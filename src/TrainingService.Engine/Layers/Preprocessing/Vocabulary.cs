using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using TrainingService.Contracts.Layers;
using TrainingService.Engine.Checkpoints;

namespace TrainingService.Engine.Layers;

/// <summary>The tokens of a lookup and their numbers, given or learned: what StringLookup, IntegerLookup and TextVectorization share.</summary>
/// <typeparam name="T">Type of a token.</typeparam>
internal sealed class Vocabulary<T> : IStateful where T : notnull
{
    private readonly IndexLookupSpec _spec;
    private readonly Func<string, T> _parse;
    private readonly Func<T, T, int> _compare;
    private readonly TokenHash _hash;
    private readonly Dictionary<T, int> _numbers = [];
    private readonly Dictionary<T, long> _counts = [];
    private readonly Dictionary<T, long> _documents = [];
    private readonly (bool Is, T? Value) _mask;
    private long _documentCount;

    /// <param name="spec">The lookup.</param>
    /// <param name="parse">A token from its text.</param>
    /// <param name="compare">Order of tokens of one count.</param>
    public Vocabulary(IndexLookupSpec spec, Func<string, T> parse, Func<T, T, int> compare)
    {
        (_spec, _parse, _compare) = (spec, parse, compare);
        _hash = new(spec.Salt);
        _mask = spec.MaskWord is { } mask ? (true, parse(mask)) : (false, default);
        if (spec.Tokens is not { } given)
            return;
        SetTokens([.. given.Select(parse)]);
        if (spec.IdfWeights is { } weights)
            SetWeights(weights, spec.HasSpecialTokens(spec.Words!) ? 0 : spec.TokenStart);
    }

    /// <summary>In the order of their numbers, without the special ones.</summary>
    public IReadOnlyList<T> Tokens { get; private set; } = [];

    /// <summary>Whether there is a vocabulary.</summary>
    public bool IsKnown => Tokens.Count > 0;

    /// <summary>Weight of each number for tf_idf.</summary>
    public IReadOnlyList<float>? IdfWeights { get; private set; }

    /// <summary>Weights of the tokens for tf_idf, without those of the special ones.</summary>
    public IReadOnlyList<double>? TokenWeights => IdfWeights is null ? null : [.. IdfWeights.Skip(_spec.TokenStart).Take(Tokens.Count).Select(weight => (double)weight)];

    /// <summary>Length of an encoded row.</summary>
    public long Depth => _spec.PadToMaxTokens ? _spec.MaxTokens!.Value : _spec.TokenStart + Tokens.Count;

    /// <summary>The special tokens and then the vocabulary, as Keras's <c>get_vocabulary</c> lists them.</summary>
    public IEnumerable<string> WithSpecialTokens() =>
        Enumerable.Repeat(_spec.MaskWord ?? "", _spec.OovStart)
            .Concat(Enumerable.Repeat(_spec.OovWord ?? "", _spec.NumOovIndices))
            .Concat(Tokens.Select(token => $"{token}"));

    /// <summary>The number of a token. A mask token that is not counted has -1.</summary>
    /// <exception cref="ArgumentException">The token is unknown, and no numbers are kept for such.</exception>
    public long NumberOf(T token)
    {
        if (_mask.Is && token.Equals(_mask.Value))
            return _spec.OutputMode == CategoryOutput.Int ? 0 : -1;
        return _numbers.TryGetValue(token, out var number) ? number : Unknown(token);
    }

    /// <summary>The token of a number; what has none is the token for unknown ones.</summary>
    public T? TokenOf(long number)
    {
        if (_mask.Is && number == 0)
            return _mask.Value;
        var index = number - _spec.TokenStart;
        if (index >= 0 && index < Tokens.Count)
            return Tokens[(int)index];
        return _spec.OovWord is { } oov ? _parse(oov) : throw new ArgumentException($"expected the number of a token. Received: {number}.");
    }

    /// <summary>Forgets the counts.</summary>
    public void Reset()
    {
        _counts.Clear();
        _documents.Clear();
        _documentCount = 0;
    }

    /// <summary>Counts the tokens of documents.</summary>
    public void Count(IEnumerable<IReadOnlyList<T>> documents)
    {
        foreach (var document in documents)
        {
            _documentCount++;
            foreach (var token in document)
                _counts[token] = _counts.GetValueOrDefault(token) + 1;
            if (_spec.OutputMode != CategoryOutput.TfIdf)
                continue;
            foreach (var token in document.Distinct())
                _documents[token] = _documents.GetValueOrDefault(token) + 1;
        }
    }

    /// <summary>Makes the most frequent tokens the vocabulary: by falling count, then falling token.</summary>
    /// <exception cref="InvalidOperationException">Nothing was counted.</exception>
    public void Finish()
    {
        if (_mask.Is)
            _counts.Remove(_mask.Value!);
        if (_spec.OovWord is { } oov)
            _counts.Remove(_parse(oov));
        if (_counts.Count == 0)
            throw new InvalidOperationException("expected at least one token to adapt to.");
        var most = _spec.MaxTokens is { } limit ? limit - _spec.TokenStart : int.MaxValue;
        var byToken = Comparer<T>.Create((x, y) => _compare(x, y));
        SetTokens([.. _counts.OrderByDescending(pair => pair.Value).ThenByDescending(pair => pair.Key, byToken).Take(most).Select(pair => pair.Key)]);
        if (_spec.OutputMode == CategoryOutput.TfIdf)
            SetWeights([.. Tokens.Select(token => Math.Log(1 + (double)_documentCount / (1 + _documents[token])))], _spec.TokenStart);
        Reset();
    }

    /// <summary>What was learned; what is given at construction is part of the spec.</summary>
    public void WriteState(StateWriter state)
    {
        if (_spec.Tokens is not null)
            return;
        state.AddValue("tokens", new JsonArray([.. Tokens.Select(token => (JsonNode)string.Create(CultureInfo.InvariantCulture, $"{token}"))]));
        state.AddValue("weights", IdfWeights is null ? null : new JsonArray([.. IdfWeights.Select(weight => (JsonNode)weight)]));
    }

    /// <inheritdoc />
    public void ReadState(StateReader state)
    {
        if (_spec.Tokens is not null)
            return;
        SetTokens([.. state.Value<string[]>("tokens").Select(_parse)]);
        IdfWeights = state.Value("weights")?.AsArray().Select(weight => (float)weight!).ToList();
    }

    private void SetTokens(IReadOnlyList<T> tokens)
    {
        Tokens = tokens;
        _numbers.Clear();
        for (var index = 0; index < tokens.Count; index++)
            _numbers.Add(tokens[index], _spec.TokenStart + index);
    }

    /// <summary>The special tokens weigh as much as the mean; numbers past the vocabulary weigh nothing.</summary>
    private void SetWeights(IReadOnlyList<double> weights, int special)
    {
        var all = Enumerable.Repeat((float)weights.Average(), special).Concat(weights.Select(weight => (float)weight)).ToList();
        IdfWeights = [.. all, .. Enumerable.Repeat(0f, (int)Math.Max(0, Depth - all.Count))];
    }

    private long Unknown(T token) => _spec.NumOovIndices switch
    {
        0 => throw new ArgumentException($"expected a token of the vocabulary, since num_oov_indices is 0. Received: {token}."),
        1 => _spec.OovStart,
        var several when token is long number && _spec.OovMethod == OovMethod.Floormod => _spec.OovStart + (number % several + several) % several,
        var several => _spec.OovStart + _hash.Bucket($"{token}", several),
    };
}

/// <summary>The order of texts by their UTF-8 bytes.</summary>
internal static class ByteOrder
{
    public static int Compare(string left, string right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
}
