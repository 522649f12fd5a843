using TorchSharp;
using TrainingService.Engine.Layers;
using static TorchSharp.torch;

namespace TrainingService.Engine.Datasets;

/// <summary>Rows of different lengths.</summary>
/// <param name="Rows">A tensor (length, …) per row, all of one dtype and with the same number of axes.</param>
public sealed record RaggedValue(IReadOnlyList<Tensor> Rows) : HostValue
{
    /// <summary>Rows, and -1 for the axis in which they differ.</summary>
    public override IReadOnlyList<long> Dims => [Rows.Count, -1];
}

/// <summary>What is done with the values of several rows.</summary>
internal static class HostBatches
{
    /// <summary>The rows of all parts in order.</summary>
    public static HostValue Concatenate(IReadOnlyList<HostValue> parts) => parts[0] switch
    {
        _ when parts.Count == 1 => parts[0],
        TensorValue => new TensorValue(cat([.. parts.Select(part => part.Numbers())])),
        TextValue first => new TextValue([.. parts.SelectMany(part => part.Texts().Values)], [parts.Sum(part => part.Dims[0]), .. first.Dims.Skip(1)]),
        _ => new RaggedValue([.. parts.Cast<RaggedValue>().SelectMany(part => part.Rows)]),
    };

    /// <summary>The rows one by one, each as a batch of one.</summary>
    public static IEnumerable<HostValue> Singles(HostValue batch)
    {
        switch (batch)
        {
            case RaggedValue ragged:
                foreach (var row in ragged.Rows)
                    yield return new TensorValue(row.unsqueeze(0));
                break;
            case TensorValue { Tensor: var tensor }:
                for (long row = 0; row < tensor.shape[0]; row++)
                    yield return new TensorValue(tensor.narrow(0, row, 1));
                break;
            default:
                var texts = batch.Texts();
                var length = texts.Values.Count / (int)Math.Max(1, texts.Dims[0]);
                for (var row = 0; row < texts.Dims[0]; row++)
                    yield return new TextValue([.. texts.Values.Skip(row * length).Take(length)], [1, .. texts.Dims.Skip(1)]);
                break;
        }
    }

    /// <summary>Rows as a batch: one tensor where all have one shape, otherwise rows of different lengths.</summary>
    /// <param name="singles">Batches of one.</param>
    public static HostValue Together(IReadOnlyList<HostValue> singles)
    {
        if (singles[0] is not TensorValue first)
            return Concatenate(singles);
        var tensors = singles.Select(single => single.Numbers()).ToList();
        return tensors.TrueForAll(tensor => tensor.shape.AsSpan().SequenceEqual(first.Tensor.shape))
            ? new TensorValue(cat(tensors)) : new RaggedValue([.. tensors.Select(tensor => tensor.squeeze(0))]);
    }

    /// <summary>tf.data's <c>batch</c> of rows: they must have one shape.</summary>
    /// <param name="value">The rows.</param>
    /// <param name="name">Whose they are, for the refusal.</param>
    /// <exception cref="DatasetException">They do not.</exception>
    public static Tensor Stack(HostValue value, string name)
    {
        switch (value)
        {
            case TensorValue { Tensor: var tensor }:
                return tensor;
            case RaggedValue { Rows: var rows }:
                if (rows.FirstOrDefault(row => !row.shape.AsSpan().SequenceEqual(rows[0].shape)) is { } other)
                    throw new DatasetException($"{name}: batch expects rows of one shape; padded_batch or bucket_by_sequence_length takes others. Received: ({Sizes(rows[0])}) and ({Sizes(other)}).");
                return rows.Count == 0 ? empty(0) : stack(rows);
            default:
                throw new DatasetException($"{name}: expected numbers in a batch. Received: texts; a map of TextVectorization, StringLookup or Hashing makes numbers of them.");
        }
    }

    /// <summary>tf.data's <c>padded_batch</c>: every axis is as long as the longest row's, or as given; what is missing is filled.</summary>
    /// <param name="value">The rows.</param>
    /// <param name="name">Whose they are, for the refusal.</param>
    /// <param name="shape">Sizes of a row's axes; null for the whole or for one axis takes the longest.</param>
    /// <param name="padding">What is filled in. Default: 0.</param>
    /// <exception cref="DatasetException">A row is longer than the given size.</exception>
    public static Tensor Pad(HostValue value, string name, IReadOnlyList<long?>? shape, double padding)
    {
        if (value is TensorValue dense && (shape is null || dense.Tensor.shape.Skip(1).Zip(shape).All(pair => pair.Second is null || pair.First == pair.Second)))
            return dense.Tensor;
        IReadOnlyList<Tensor> rows = value switch
        {
            RaggedValue ragged => ragged.Rows,
            TensorValue { Tensor: var tensor } => [.. tensor.unbind()],
            _ => [Stack(value, name)],
        };
        if (rows.Count == 0)
            return empty(0);
        var sizes = Enumerable.Range(0, (int)rows[0].dim()).Select(axis => shape?.ElementAtOrDefault(axis) ?? rows.Max(row => row.shape[axis])).ToArray();
        var padded = full([rows.Count, .. sizes], padding, rows[0].dtype);
        for (var i = 0; i < rows.Count; i++)
        {
            var place = padded[i];
            for (var axis = 0; axis < sizes.Length; axis++)
            {
                if (rows[i].shape[axis] > sizes[axis])
                    throw new DatasetException($"{name}: expected rows of at most {sizes[axis]} along axis {axis}, as padded_shapes says. Received: ({Sizes(rows[i])}).");
                place = place.narrow(axis, 0, rows[i].shape[axis]);
            }
            place.copy_(rows[i]);
        }
        return padded;
    }

    private static string Sizes(Tensor row) => string.Join(", ", row.shape);
}
