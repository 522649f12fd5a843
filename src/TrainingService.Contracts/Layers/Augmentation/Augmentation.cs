namespace TrainingService.Contracts.Layers;

/// <summary>Random changes of training rows, as against preparation, which every row needs.</summary>
public static class Augmentation
{
    /// <summary>Whether a layer changes images at random, and only while training.</summary>
    public static bool IsRandom(LayerSpec layer) => layer is ImageLayerSpec
        and not (Resizing or CenterCrop or MaxNumBoundingBoxes or AutoContrast or Equalization or ContrastLimitedAdaptiveHistogramEqualization);

    /// <summary>What remains of a layer for rows that are not trained on: a Pipeline loses its random layers; null when nothing remains.</summary>
    public static LayerSpec? Without(LayerSpec layer) => layer switch
    {
        LayerPipeline pipeline => pipeline.Layers.Select(Without).OfType<LayerSpec>().ToList() is { Count: > 0 } rest ? pipeline with { Layers = rest } : null,
        _ => IsRandom(layer) ? null : layer,
    };
}
