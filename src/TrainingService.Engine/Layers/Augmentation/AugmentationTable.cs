using TrainingService.Contracts.Layers;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>Modules of the layers that change images.</summary>
internal static class AugmentationTable
{
    public static Dictionary<Type, Func<LayerSpec, LayerContext, Layer>> Modules { get; } = new()
    {
        [typeof(Specs.Resizing)] = LayerTable.Of<Specs.Resizing>((spec, context) => new Resizing(spec, context)),
        [typeof(Specs.CenterCrop)] = LayerTable.Of<Specs.CenterCrop>((spec, context) => new CenterCrop(spec, context)),
        [typeof(Specs.RandomCrop)] = LayerTable.Of<Specs.RandomCrop>((spec, context) => new RandomCrop(spec, context)),
        [typeof(Specs.MaxNumBoundingBoxes)] = LayerTable.Of<Specs.MaxNumBoundingBoxes>((spec, context) => new MaxNumBoundingBoxes(spec, context)),
        [typeof(Specs.RandomFlip)] = LayerTable.Of<Specs.RandomFlip>((spec, context) => new RandomFlip(spec, context)),
        [typeof(Specs.RandomRotation)] = LayerTable.Of<Specs.RandomRotation>((spec, context) => new RandomRotation(spec, context)),
        [typeof(Specs.RandomTranslation)] = LayerTable.Of<Specs.RandomTranslation>((spec, context) => new RandomTranslation(spec, context)),
        [typeof(Specs.RandomZoom)] = LayerTable.Of<Specs.RandomZoom>((spec, context) => new RandomZoom(spec, context)),
        [typeof(Specs.RandomShear)] = LayerTable.Of<Specs.RandomShear>((spec, context) => new RandomShear(spec, context)),
        [typeof(Specs.RandomPerspective)] = LayerTable.Of<Specs.RandomPerspective>((spec, context) => new RandomPerspective(spec, context)),
        [typeof(Specs.RandomElasticTransform)] = LayerTable.Of<Specs.RandomElasticTransform>((spec, context) => new RandomElasticTransform(spec, context)),
        [typeof(Specs.RandomBrightness)] = LayerTable.Of<Specs.RandomBrightness>((spec, context) => new RandomBrightness(spec, context)),
        [typeof(Specs.RandomContrast)] = LayerTable.Of<Specs.RandomContrast>((spec, context) => new RandomContrast(spec, context)),
        [typeof(Specs.RandomHue)] = LayerTable.Of<Specs.RandomHue>((spec, context) => new RandomHue(spec, context)),
        [typeof(Specs.RandomSaturation)] = LayerTable.Of<Specs.RandomSaturation>((spec, context) => new RandomSaturation(spec, context)),
        [typeof(Specs.RandomSharpness)] = LayerTable.Of<Specs.RandomSharpness>((spec, context) => new RandomSharpness(spec, context)),
        [typeof(Specs.RandomColorDegeneration)] = LayerTable.Of<Specs.RandomColorDegeneration>((spec, context) => new RandomColorDegeneration(spec, context)),
        [typeof(Specs.RandomColorJitter)] = LayerTable.Of<Specs.RandomColorJitter>((spec, context) => new RandomColorJitter(spec, context)),
        [typeof(Specs.RandomGrayscale)] = LayerTable.Of<Specs.RandomGrayscale>((spec, context) => new RandomGrayscale(spec, context)),
        [typeof(Specs.RandomInvert)] = LayerTable.Of<Specs.RandomInvert>((spec, context) => new RandomInvert(spec, context)),
        [typeof(Specs.AutoContrast)] = LayerTable.Of<Specs.AutoContrast>((spec, context) => new AutoContrast(spec, context)),
        [typeof(Specs.Equalization)] = LayerTable.Of<Specs.Equalization>((spec, context) => new Equalization(spec, context)),
        [typeof(Specs.ContrastLimitedAdaptiveHistogramEqualization)] = LayerTable.Of<Specs.ContrastLimitedAdaptiveHistogramEqualization>((spec, context) => new ContrastLimitedAdaptiveHistogramEqualization(spec, context)),
        [typeof(Specs.Solarization)] = LayerTable.Of<Specs.Solarization>((spec, context) => new Solarization(spec, context)),
        [typeof(Specs.RandomPosterization)] = LayerTable.Of<Specs.RandomPosterization>((spec, context) => new RandomPosterization(spec, context)),
        [typeof(Specs.RandomGaussianBlur)] = LayerTable.Of<Specs.RandomGaussianBlur>((spec, context) => new RandomGaussianBlur(spec, context)),
        [typeof(Specs.RandomErasing)] = LayerTable.Of<Specs.RandomErasing>((spec, context) => new RandomErasing(spec, context)),
        [typeof(Specs.RandAugment)] = LayerTable.Of<Specs.RandAugment>((spec, context) => new RandAugment(spec, context)),
        [typeof(Specs.AugMix)] = LayerTable.Of<Specs.AugMix>((spec, context) => new AugMix(spec, context)),
        [typeof(Specs.MixUp)] = LayerTable.Of<Specs.MixUp>((spec, context) => new MixUp(spec, context)),
        [typeof(Specs.CutMix)] = LayerTable.Of<Specs.CutMix>((spec, context) => new CutMix(spec, context)),
    };
}
