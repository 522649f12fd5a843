using TorchSharp;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Hash buckets of texts or whole numbers.</summary>
public sealed class Hashing(Specs.Hashing spec, LayerContext context) : Layer(spec, context), IHostLayer
{
    private readonly TokenHash _hash = new(spec.Salt);

    /// <inheritdoc />
    public override torch.Tensor Call(torch.Tensor x, CallContext call) => Encode(new TensorValue(x)).to(x.device);

    /// <inheritdoc />
    public HostValue Apply(params IReadOnlyList<HostValue> inputs) => new TensorValue(Encode(HostValues.Single(inputs)));

    private torch.Tensor Encode(HostValue input)
    {
        var isText = input is TextValue;
        var words = input is TextValue texts ? texts.Values : HostValues.Integers(input.Numbers()).Select(number => $"{number}");
        return Categories.Encode(HostValues.Tensor(words.Select(word => Bin(word, isText)), input.Dims), spec.OutputMode, spec.NumBins);
    }

    /// <summary>With a mask value, bin 0 is for nothing else.</summary>
    private long Bin(string word, bool isText)
    {
        if (spec.MaskValue is not { } mask || spec.NumBins == 1)
            return _hash.Bucket(word, spec.NumBins);
        return mask.IsNumber != isText && mask.Text == word ? 0 : _hash.Bucket(word, spec.NumBins - 1) + 1;
    }
}
