using static TorchSharp.torch;

namespace TrainingService.Engine.Datasets;

/// <summary>The numbers of classes that labels stand for.</summary>
internal static class LabelClasses
{
    /// <summary>A class per row.</summary>
    /// <param name="labels">(rows) or (rows, 1) with classes, rounded where they are no whole numbers; (rows, classes) with the largest value at the class.</param>
    /// <exception cref="ArgumentException">Labels with more axes.</exception>
    public static int[] Of(Tensor labels)
    {
        using var scope = NewDisposeScope();
        return [.. Tensor(labels).to(int32).contiguous().data<int>()];
    }

    /// <summary>(rows), int64.</summary>
    public static Tensor Tensor(Tensor labels)
    {
        if (labels.dim() > 2)
            throw new ArgumentException($"expected labels with at most one axis beside the rows. Received: shape ({string.Join(", ", labels.shape)}).", nameof(labels));
        var classes = labels.dim() == 1 ? labels : labels.shape[1] == 1 ? labels.squeeze(-1) : labels.argmax(-1);
        return classes.is_floating_point() ? classes.round().to(int64) : classes.to(int64);
    }
}
