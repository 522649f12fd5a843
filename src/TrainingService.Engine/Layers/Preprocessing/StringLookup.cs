using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Engine.Checkpoints;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Numbers of texts in a vocabulary, or texts of numbers when inverted.</summary>
public sealed class StringLookup(Specs.StringLookup spec, LayerContext context) : Layer(spec, context), IHostLayer, IAdaptable
{
    private readonly Vocabulary<string> _vocabulary = new(spec, word => word, ByteOrder.Compare);

    /// <summary>The special tokens and then the vocabulary, by number.</summary>
    public IReadOnlyList<string> Vocabulary => [.. _vocabulary.WithSpecialTokens()];

    /// <inheritdoc />
    public bool Adapts => spec.Adapts;

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) =>
        throw new NotSupportedException($"{Name}: a StringLookup takes or gives texts, which no tensor can hold. It runs where data is prepared.");

    /// <inheritdoc />
    public HostValue Apply(params IReadOnlyList<HostValue> inputs)
    {
        if (!_vocabulary.IsKnown)
            throw new InvalidOperationException($"{Name}: expected a vocabulary, or adapt before the first call.");
        var input = HostValues.Single(inputs);
        if (spec.Invert)
            return new TextValue([.. HostValues.Integers(input.Numbers()).Select(number => _vocabulary.TokenOf(number)!)], input.Dims);
        var texts = input.Texts();
        var numbers = HostValues.Tensor(texts.Values.Select(_vocabulary.NumberOf), texts.Dims);
        return new TensorValue(Lookups.Encode(numbers, spec.OutputMode, _vocabulary.Depth, _vocabulary.IdfWeights));
    }

    /// <inheritdoc />
    public override void WriteState(StateWriter state) => state.Add("vocabulary", _vocabulary);

    /// <inheritdoc />
    public override void ReadState(StateReader state) => state.Read("vocabulary", _vocabulary);

    /// <inheritdoc />
    public void Reset() => _vocabulary.Reset();

    /// <inheritdoc />
    public void Update(HostValue batch) => _vocabulary.Count(Lookups.Documents(batch.Texts().Values, Lookups.Adapting(this, batch)));

    /// <inheritdoc />
    public void Finish() => _vocabulary.Finish();

    /// <inheritdoc />
    public LayerSpec Learned() => Adapts ? spec with { Vocabulary = _vocabulary.Tokens, IdfWeights = _vocabulary.TokenWeights } : spec;
}

/// <summary>What lookups do alike.</summary>
internal static class Lookups
{
    /// <summary>Numbers as the layer's output; tf_idf weighs the counts.</summary>
    public static torch.Tensor Encode(torch.Tensor numbers, CategoryOutput mode, long depth, IReadOnlyList<float>? weights)
    {
        if (mode == CategoryOutput.Int)
            return numbers;
        var encoded = Categories.Encode(numbers, mode, depth);
        return mode == CategoryOutput.TfIdf ? encoded * torch.tensor(weights!.ToArray()) : encoded;
    }

    /// <summary>The documents of a batch: its rows; of a list of tokens, each one.</summary>
    public static IEnumerable<IReadOnlyList<T>> Documents<T>(IReadOnlyList<T> tokens, IReadOnlyList<long> dims)
    {
        var rows = dims.Count == 0 ? 1 : (int)dims[0];
        var length = rows == 0 ? 1 : Math.Max(1, tokens.Count / rows);
        return tokens.Chunk(length);
    }

    /// <summary>The sizes of a batch to learn from.</summary>
    /// <exception cref="InvalidOperationException">The vocabulary is given.</exception>
    public static IReadOnlyList<long> Adapting<T>(T layer, HostValue batch) where T : Layer, IAdaptable =>
        layer.Adapts ? batch.Dims : throw new InvalidOperationException($"{layer.Name}: the vocabulary is given, there is nothing to learn.");
}
