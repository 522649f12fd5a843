using System.Text;
using TorchSharp;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Hash buckets of combinations of columns, as TensorFlow's <c>cross_hashed</c> computes them.</summary>
public sealed class HashedCrossing(Specs.HashedCrossing spec, LayerContext context) : Layer(spec, context), IHostLayer
{
    private const ulong Key = 0xDECAFCAFFE;

    /// <inheritdoc />
    public override IReadOnlyList<KerasTensor> Call(IReadOnlyList<KerasTensor> inputs, CallContext call)
    {
        var device = inputs[0].Value.device;
        return [new KerasTensor(Encode([.. inputs.Select(input => new TensorValue(input.Value))]).to(device))];
    }

    /// <inheritdoc />
    public HostValue Apply(params IReadOnlyList<HostValue> inputs) => new TensorValue(Encode(inputs));

    private torch.Tensor Encode(IReadOnlyList<HostValue> inputs)
    {
        var columns = inputs.Select(Features).ToList();
        if (columns.Exists(column => column.Length != columns[0].Length))
            throw new ArgumentException($"expected columns of one length. Received: {string.Join(", ", columns.Select(column => column.Length))}.");
        var bins = Enumerable.Range(0, columns[0].Length).Select(row =>
            (long)(columns.Aggregate(Key, (hash, column) => FarmHash.Combine(hash, column[row])) % (ulong)spec.NumBins));
        return Categories.Encode(HostValues.Tensor(bins, inputs[0].Dims), spec.OutputMode, spec.NumBins);
    }

    private static ulong[] Features(HostValue column) => column switch
    {
        TextValue texts => [.. texts.Values.Select(text => FarmHash.Fingerprint64(Encoding.UTF8.GetBytes(text)))],
        _ => [.. HostValues.Integers(column.Numbers()).Select(number => (ulong)number)],
    };
}
