using System.Globalization;
using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Engine.Checkpoints;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Numbers of whole numbers in a vocabulary, or the other way round when inverted.</summary>
public sealed class IntegerLookup(Specs.IntegerLookup spec, LayerContext context) : Layer(spec, context), IHostLayer, IAdaptable
{
    private readonly Vocabulary<long> _vocabulary = new(spec, word => long.Parse(word, CultureInfo.InvariantCulture), (x, y) => x.CompareTo(y));

    /// <summary>The special tokens and then the vocabulary, by number.</summary>
    public IReadOnlyList<string> Vocabulary => [.. _vocabulary.WithSpecialTokens()];

    /// <inheritdoc />
    public bool Adapts => spec.Adapts;

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) => Encode(x).to(x.device);

    /// <inheritdoc />
    public HostValue Apply(params IReadOnlyList<HostValue> inputs) => new TensorValue(Encode(HostValues.Single(inputs).Numbers()));

    /// <inheritdoc />
    public override void WriteState(StateWriter state) => state.Add("vocabulary", _vocabulary);

    /// <inheritdoc />
    public override void ReadState(StateReader state) => state.Read("vocabulary", _vocabulary);

    /// <inheritdoc />
    public void Reset() => _vocabulary.Reset();

    /// <inheritdoc />
    public void Update(HostValue batch) => _vocabulary.Count(Lookups.Documents(HostValues.Integers(batch.Numbers()), Lookups.Adapting(this, batch)));

    /// <inheritdoc />
    public void Finish() => _vocabulary.Finish();

    /// <inheritdoc />
    public LayerSpec Learned() => Adapts ? spec with { Vocabulary = _vocabulary.Tokens, IdfWeights = _vocabulary.TokenWeights } : spec;

    private torch.Tensor Encode(torch.Tensor x)
    {
        if (!_vocabulary.IsKnown)
            throw new InvalidOperationException($"{Name}: expected a vocabulary, or adapt before the first call.");
        var values = HostValues.Integers(x);
        return spec.Invert
            ? HostValues.Tensor(values.Select(_vocabulary.TokenOf), x.shape)
            : Lookups.Encode(HostValues.Tensor(values.Select(_vocabulary.NumberOf), x.shape), spec.OutputMode, _vocabulary.Depth, _vocabulary.IdfWeights);
    }
}
