using TrainingService.Contracts.Layers;

namespace TrainingService.Contracts.Tests.Layers;

public static partial class LayerSamples
{
    private static LayerSample[] Preprocessings =>
    [
        new(new Rescaling(1.0 / 255, -1e-7), S(2, 3)),
    ];
}
