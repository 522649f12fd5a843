namespace TrainingService.Contracts.Layers;

/// <summary>Layers that change images.</summary>
public static class AugmentationLayers
{
    /// <summary>Sizes, geometry, colours, tones, mixtures.</summary>
    public static IReadOnlyList<Type> Records { get; } =
    [
        typeof(Resizing), typeof(CenterCrop), typeof(RandomCrop), typeof(MaxNumBoundingBoxes), typeof(RandomFlip), typeof(RandomRotation),
        typeof(RandomTranslation), typeof(RandomZoom), typeof(RandomShear), typeof(RandomPerspective), typeof(RandomElasticTransform),
        typeof(RandomBrightness), typeof(RandomContrast), typeof(RandomHue), typeof(RandomSaturation), typeof(RandomSharpness),
        typeof(RandomColorDegeneration), typeof(RandomColorJitter), typeof(RandomGrayscale), typeof(RandomInvert), typeof(AutoContrast),
        typeof(Equalization), typeof(ContrastLimitedAdaptiveHistogramEqualization), typeof(Solarization), typeof(RandomPosterization),
        typeof(RandomGaussianBlur), typeof(RandomErasing), typeof(RandAugment), typeof(AugMix), typeof(MixUp), typeof(CutMix),
    ];
}
