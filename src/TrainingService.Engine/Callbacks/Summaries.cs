using System.Globalization;
using Google.Protobuf;
using Tensorboard;
using TorchSharp;
using TrainingService.Engine.Exports;
using static TorchSharp.torch;

namespace TrainingService.Engine.Callbacks;

/// <summary>Values for TensorBoard in the form of <c>tf.summary</c>: a tensor, and the plugin that shows it.</summary>
public static class Summaries
{
    private const int Buckets = 30; // as tf.summary.histogram
    private const int MostImages = 3; // as tf.summary.image

    /// <summary>One number.</summary>
    public static Summary.Types.Value Scalar(string tag, double value) =>
        Value(tag, "scalars", DataClass.Scalar, new TensorProto { Dtype = DataType.DtFloat, TensorShape = new TensorShapeProto(), FloatVal = { (float)value } });

    /// <summary>Keras's description of a model, which TensorBoard draws as a conceptual graph.</summary>
    public static Summary.Types.Value KerasModel(string tag, string json)
    {
        var tensor = new TensorProto { Dtype = DataType.DtString, TensorShape = new TensorShapeProto(), StringVal = { ByteString.CopyFromUtf8(json) } };
        var value = Value(tag, "graph_keras_model", DataClass.Unknown, tensor);
        value.Metadata.PluginData.Content = ByteString.CopyFromUtf8("1");
        return value;
    }

    /// <summary>How values are spread: 30 buckets of (left, right, count) between the smallest and the largest. Values that are not finite are left out.</summary>
    public static Summary.Types.Value Histogram(string tag, Tensor values)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var flat = values.detach().to(float64).flatten();
        flat = flat[flat.isfinite()];
        var tensor = new TensorProto { Dtype = DataType.DtDouble, TensorShape = ShapeOf(Buckets, 3) };
        foreach (var (left, right, count) in BucketsOf(flat))
            tensor.DoubleVal.AddRange([left, right, count]);
        return Value(tag, "histograms", DataClass.Tensor, tensor);
    }

    /// <summary>A weight drawn as up to three images, as Keras does: one row or column, a matrix lying, a kernel per output channel.</summary>
    /// <returns>The images, or null for a weight that no image can show.</returns>
    public static Summary.Types.Value? Image(string tag, Tensor weight)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        if (AsImages(weight.detach().to(float32).squeeze()) is not { } images || images.shape[3] is not (1 or 3 or 4) || images.numel() == 0)
            return null;
        images = images.narrow(0, 0, Math.Min(MostImages, images.shape[0]));
        // (count, height, width, channels); a weight of 1 is white, one below 0 black.
        var bytes = images.nan_to_num(0).mul(255.5).clamp(0, 255).to(uint8).cpu().contiguous();
        var (height, width, channels) = ((int)images.shape[1], (int)images.shape[2], (int)images.shape[3]);
        var tensor = new TensorProto { Dtype = DataType.DtString, TensorShape = ShapeOf(2 + images.shape[0]) };
        foreach (var size in (int[])[width, height])
            tensor.StringVal.Add(ByteString.CopyFromUtf8(size.ToString(CultureInfo.InvariantCulture)));
        for (long index = 0; index < images.shape[0]; index++)
            tensor.StringVal.Add(ByteString.CopyFrom(Png.Encode(bytes[index].bytes, width, height, channels)));
        return Value(tag, "images", DataClass.BlobSequence, tensor);
    }

    private static IEnumerable<(double Left, double Right, double Count)> BucketsOf(Tensor values)
    {
        if (values.numel() == 0)
            return Enumerable.Repeat((0.0, 0.0, 0.0), Buckets);
        var (low, high) = (values.min().item<double>(), values.max().item<double>());
        if (low == high) // a bucket without width; tf.summary puts everything into the last one
            return Enumerable.Range(1, Buckets).Select(bucket => (low, high, bucket == Buckets ? (double)values.numel() : 0)).ToList();
        var buckets = values.sub(low).div((high - low) / Buckets).to(int64).clamp(max: Buckets - 1);
        var counts = buckets.bincount(null, Buckets).cpu().data<long>().ToArray();
        double Edge(int index) => index == Buckets ? high : low + (high - low) * index / Buckets;
        return counts.Select((count, bucket) => (Edge(bucket), Edge(bucket + 1), (double)count));
    }

    private static Tensor? AsImages(Tensor weight)
    {
        var shape = weight.shape;
        return shape.Length switch
        {
            1 => weight.view(1, shape[0], 1, 1),
            2 when shape[0] > shape[1] => weight.t().unsqueeze(0).unsqueeze(-1),
            2 => weight.unsqueeze(0).unsqueeze(-1),
            3 => weight.permute(2, 0, 1).unsqueeze(-1), // (channels, height, width, 1)
            4 => weight,
            _ => null,
        };
    }

    private static Summary.Types.Value Value(string tag, string plugin, DataClass data, TensorProto tensor) => new()
    {
        Tag = tag,
        Tensor = tensor,
        Metadata = new SummaryMetadata { PluginData = new SummaryMetadata.Types.PluginData { PluginName = plugin }, DataClass = data },
    };

    private static TensorShapeProto ShapeOf(params long[] sizes) =>
        new() { Dim = { sizes.Select(size => new TensorShapeProto.Types.Dim { Size = size }) } };
}
