using TorchSharp;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;
using TrainingService.Contracts.Trainer;

namespace TrainingService.Engine.Datasets;

/// <summary>Reads the rows of a named data set from its folder.</summary>
public static class DatasetReader
{
    /// <summary>Prefix of MNIST's file names, by split.</summary>
    private static readonly Dictionary<string, string> IdxPrefixes = new() { ["train"] = "train", ["test"] = "t10k" };

    /// <summary>Reads one split.</summary>
    /// <param name="location">The data set and its folder.</param>
    /// <param name="split"><c>train</c> or <c>test</c>.</param>
    /// <exception cref="DatasetException">Files are missing, damaged, or not what the data set's description says.</exception>
    public static Rows Read(DatasetLocation location, string split)
    {
        if (!IdxPrefixes.TryGetValue(split, out var prefix))
            throw new DatasetException($"{location.Info.Name} has no split \"{split}\". It has: {string.Join(", ", location.Info.Splits.Keys)}.");
        using var scope = torch.NewDisposeScope();
        var images = IdxReader.ReadBytes(Find(location, $"{prefix}-images-idx3-ubyte"), axes: 3);
        var labels = IdxReader.ReadBytes(Find(location, $"{prefix}-labels-idx1-ubyte"), axes: 1);
        Check(location.Info, split, images, labels);
        return new Rows(images.DetachFromDisposeScope(), labels.to(torch.int64).DetachFromDisposeScope());
    }

    private static string Find(DatasetLocation location, string name)
    {
        string[] candidates = [Path.Combine(location.Directory, name + ".gz"), Path.Combine(location.Directory, name)];
        return candidates.FirstOrDefault(File.Exists)
            ?? throw new DatasetException($"{location.Info.Name}: neither {name}.gz nor {name} is in its folder.");
    }

    private static void Check(DatasetInfo info, string split, torch.Tensor images, torch.Tensor labels)
    {
        if (images.shape[0] != labels.shape[0])
            throw new DatasetException($"{info.Name}/{split}: {images.shape[0]} images, but {labels.shape[0]} labels.");
        if (images.shape[0] == 0)
            throw new DatasetException($"{info.Name}/{split} has no rows.");
        if (info.Splits.TryGetValue(split, out var rows) && rows != images.shape[0])
            throw new DatasetException($"{info.Name}/{split}: expected {rows} rows. Received: {images.shape[0]}.");
        var shape = new Shape(images.shape.Skip(1).Select(size => (long?)size));
        if (!info.FeatureShape.IsCompatibleWith(shape))
            throw new DatasetException($"{info.Name}/{split}: expected images of shape {info.FeatureShape}. Received: {shape}.");
        if (info.Classes is { } classes && labels.max().item<byte>() is var largest && largest >= classes)
            throw new DatasetException($"{info.Name}/{split}: expected labels from 0 to {classes - 1}. Received: {largest}.");
    }
}
