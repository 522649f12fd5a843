using TrainingService.Contracts.Layers;

namespace TrainingService.Contracts.Tests.Layers;

public static partial class LayerSamples
{
    private static LayerSample[] Augmentations =>
    [
        new(new Resizing(3, 5, ResizeInterpolation.Bicubic), S(2, 4, 4, 2)),
        new(new Resizing(2, 2, ResizeInterpolation.Lanczos3, true, Antialias: true), S(2, 5, 4, 1)),
        new(new Resizing(4, 6, ResizeInterpolation.Area, PadToAspectRatio: true, FillValue: 0.5) { DataFormat = DataFormat.ChannelsFirst }, S(2, 1, 3, 3)),
        new(new CenterCrop(2, 3), S(2, 4, 4, 1)),
        new(new CenterCrop(5, 3) { DataFormat = DataFormat.ChannelsFirst, BoundingBoxFormat = BoundingBoxFormat.RelXywh }, S(2, 1, 4, 4)),
        // While it does not train, the images keep their size.
        new(new RandomCrop(4, 4, 3), S(2, 4, 4, 2)),
        new(new MaxNumBoundingBoxes(3, 0), S(2, 4, 4, 2)),
        new(new RandomFlip(FlipMode.Vertical, 3), S(2, 3, 3, 2)),
        new(new RandomRotation(new Factor(-0.2, 0.3), FillMode.Constant, SampleInterpolation.Nearest, 3, 0.5), S(2, 4, 4, 2)),
        new(new RandomTranslation(new Factor(0.2), new Factor(-0.1, 0.3), FillMode.Wrap, Seed: 3), S(2, 4, 4, 2)),
        new(new RandomZoom(new Factor(0.2), new Factor(-0.3, -0.1), FillMode.Nearest, FillValue: 1), S(2, 4, 4, 2)),
        new(new RandomShear(new Factor(0.1, 0.3), new Factor(0.2), SampleInterpolation.Nearest, FillMode.Constant, 0.5, 3) { DataFormat = DataFormat.ChannelsFirst }, S(2, 2, 4, 4)),
        new(new RandomPerspective(new Factor(0.5), 0.5, SampleInterpolation.Nearest, 0.5, 3), S(2, 4, 4, 2)),
        new(new RandomElasticTransform(new Factor(0.5), new Factor(0.2, 0.4), FillMode: FillMode.Mirror, ValueRange: new(-9, 9), Seed: 3), S(2, 8, 8, 2)),
        new(new RandomBrightness(new Factor(0.2), new ValueRange(-1, 1), 3), S(2, 3, 3, 2)),
        new(new RandomContrast(new Factor(0.2, 0.4), new ValueRange(-1, 1), 3), S(2, 3, 3, 2)),
        new(new RandomHue(new Factor(0.3), new ValueRange(0, 1), 3), S(2, 3, 3, 3)),
        new(new RandomSaturation(new Factor(0.2, 0.7), new ValueRange(0, 1), 3), S(2, 3, 3, 3)),
        new(new RandomSharpness(new Factor(0.3), new ValueRange(-2, 2), 3), S(2, 3, 3, 2)),
        new(new RandomColorDegeneration(new Factor(0.3), new ValueRange(-2, 2), 3), S(2, 3, 3, 3)),
        new(new RandomColorJitter(new ValueRange(0, 1), new Factor(0.1), new Factor(0.2), new Factor(0.3), new Factor(0.4), 3), S(2, 3, 3, 3)),
        new(new RandomGrayscale(0.7, 3), S(2, 3, 3, 3)),
        new(new RandomInvert(new Factor(0.7), new ValueRange(0, 1), 3), S(2, 3, 3, 2)),
        new(new AutoContrast(new ValueRange(0, 1)), S(2, 3, 3, 2)),
        new(new Equalization(new ValueRange(0, 1), 16), S(2, 3, 3, 2)),
        new(new ContrastLimitedAdaptiveHistogramEqualization(new ValueRange(0, 1), 2, [2, 3]), S(2, 6, 6, 2)) { IsDifferentiable = false, InBfloat16 = false },
        new(new Solarization(new Factor(0.1), new Factor(0.2, 0.4), new ValueRange(0, 1), 3), S(2, 3, 3, 2)),
        new(new RandomPosterization(new Factor(2, 5), new ValueRange(0, 1), 3), S(2, 3, 3, 2)),
        new(new RandomGaussianBlur(new Factor(0.5), [5, 3], new Factor(0.2, 0.9), new ValueRange(-2, 2), 3), S(2, 4, 4, 2)),
        new(new RandomErasing(new Factor(0.5), new Factor(0.1, 0.4), new NumberArray(1, 2, 3), new ValueRange(0, 4), 3), S(2, 4, 4, 3)),
        new(new RandomErasing(), S(2, 4, 4, 2)),
        new(new RandAugment(new ValueRange(0, 1), 3, new Factor(0.2, 0.6), SampleInterpolation.Nearest, 3), S(2, 4, 4, 3)),
        new(new AugMix(new ValueRange(0, 1), 2, 2, new Factor(0.4), 0.5, false, SampleInterpolation.Nearest, 3), S(2, 4, 4, 3)),
        new(new MixUp(0.4, 3), S(2, 3, 3, 2)),
        new(new CutMix(new Factor(0.4), 3), S(2, 3, 3, 2)),
    ];
}
