using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Tests.Layers;

/// <summary>At least one sample of every layer of the catalog, with arguments that are not the defaults.</summary>
public static partial class LayerSamples
{
    /// <summary>Every sample, family by family.</summary>
    public static IReadOnlyList<LayerSample> All { get; } =
    [
        .. Core, .. Convolutions, .. Poolings, .. Activations, .. Reshapings, .. Merges, .. Normalizations, .. Regularizations,
        .. Tables, .. Sequences, .. Attentions, .. Preprocessings, .. Augmentations, .. Expressions,
    ];

    private static Shape S(params long[] sizes) => new(sizes.Select(size => (long?)size));
}
