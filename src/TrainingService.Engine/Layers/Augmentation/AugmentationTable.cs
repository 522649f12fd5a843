using TrainingService.Contracts.Layers;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Modules of the layers that change images.</summary>
internal static class AugmentationTable
{
    public static Dictionary<Type, Func<LayerSpec, LayerContext, Layer>> Modules { get; } = new()
    {
        [typeof(Specs.Resizing)] = (spec, context) => new Resizing((Specs.Resizing)spec, context),
        [typeof(Specs.CenterCrop)] = (spec, context) => new CenterCrop((Specs.CenterCrop)spec, context),
        [typeof(Specs.RandomCrop)] = (spec, context) => new RandomCrop((Specs.RandomCrop)spec, context),
        [typeof(Specs.MaxNumBoundingBoxes)] = (spec, context) => new MaxNumBoundingBoxes((Specs.MaxNumBoundingBoxes)spec, context),
        [typeof(Specs.RandomFlip)] = (spec, context) => new RandomFlip((Specs.RandomFlip)spec, context),
        [typeof(Specs.RandomRotation)] = (spec, context) => new RandomRotation((Specs.RandomRotation)spec, context),
        [typeof(Specs.RandomTranslation)] = (spec, context) => new RandomTranslation((Specs.RandomTranslation)spec, context),
        [typeof(Specs.RandomZoom)] = (spec, context) => new RandomZoom((Specs.RandomZoom)spec, context),
        [typeof(Specs.RandomShear)] = (spec, context) => new RandomShear((Specs.RandomShear)spec, context),
        [typeof(Specs.RandomPerspective)] = (spec, context) => new RandomPerspective((Specs.RandomPerspective)spec, context),
        [typeof(Specs.RandomElasticTransform)] = (spec, context) => new RandomElasticTransform((Specs.RandomElasticTransform)spec, context),
        [typeof(Specs.RandomBrightness)] = (spec, context) => new RandomBrightness((Specs.RandomBrightness)spec, context),
        [typeof(Specs.RandomContrast)] = (spec, context) => new RandomContrast((Specs.RandomContrast)spec, context),
        [typeof(Specs.RandomHue)] = (spec, context) => new RandomHue((Specs.RandomHue)spec, context),
        [typeof(Specs.RandomSaturation)] = (spec, context) => new RandomSaturation((Specs.RandomSaturation)spec, context),
        [typeof(Specs.RandomSharpness)] = (spec, context) => new RandomSharpness((Specs.RandomSharpness)spec, context),
        [typeof(Specs.RandomColorDegeneration)] = (spec, context) => new RandomColorDegeneration((Specs.RandomColorDegeneration)spec, context),
        [typeof(Specs.RandomColorJitter)] = (spec, context) => new RandomColorJitter((Specs.RandomColorJitter)spec, context),
        [typeof(Specs.RandomGrayscale)] = (spec, context) => new RandomGrayscale((Specs.RandomGrayscale)spec, context),
        [typeof(Specs.RandomInvert)] = (spec, context) => new RandomInvert((Specs.RandomInvert)spec, context),
        [typeof(Specs.AutoContrast)] = (spec, context) => new AutoContrast((Specs.AutoContrast)spec, context),
        [typeof(Specs.Equalization)] = (spec, context) => new Equalization((Specs.Equalization)spec, context),
        [typeof(Specs.ContrastLimitedAdaptiveHistogramEqualization)] = (spec, context) =>
            new ContrastLimitedAdaptiveHistogramEqualization((Specs.ContrastLimitedAdaptiveHistogramEqualization)spec, context),
        [typeof(Specs.Solarization)] = (spec, context) => new Solarization((Specs.Solarization)spec, context),
        [typeof(Specs.RandomPosterization)] = (spec, context) => new RandomPosterization((Specs.RandomPosterization)spec, context),
        [typeof(Specs.RandomGaussianBlur)] = (spec, context) => new RandomGaussianBlur((Specs.RandomGaussianBlur)spec, context),
        [typeof(Specs.RandomErasing)] = (spec, context) => new RandomErasing((Specs.RandomErasing)spec, context),
        [typeof(Specs.RandAugment)] = (spec, context) => new RandAugment((Specs.RandAugment)spec, context),
        [typeof(Specs.AugMix)] = (spec, context) => new AugMix((Specs.AugMix)spec, context),
        [typeof(Specs.MixUp)] = (spec, context) => new MixUp((Specs.MixUp)spec, context),
        [typeof(Specs.CutMix)] = (spec, context) => new CutMix((Specs.CutMix)spec, context),
    };
}
