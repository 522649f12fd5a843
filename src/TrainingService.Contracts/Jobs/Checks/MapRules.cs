using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Layers;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>Which layers may stand in a map of a data pipeline: those that prepare features that are numbers.</summary>
internal static class MapRules
{
    private static readonly IReadOnlyList<Type> Shaping = [typeof(Reshape), typeof(Flatten), typeof(LayerPipeline)];

    /// <returns>Why the layer cannot stand there, or null when it can.</returns>
    public static string? Refusal(LayerSpec layer) => layer switch
    {
        LayerPipeline pipeline => pipeline.Layers.Select(Refusal).FirstOrDefault(reason => reason is not null),
        ITextLayer { TakesTextsOnly: true } => $"expected a layer of numbers: the features of a data set are numbers. Received: {Name(layer)}, which takes texts.",
        MixUp or CutMix => $"expected a layer of features alone. Received: {Name(layer)}, which mixes labels too.",
        HashedCrossing => "expected a layer of one tensor. Received: \"HashedCrossing\", which takes several columns.",
        Normalization { Adapts: true } => "expected a Normalization with mean and variance. Received: neither; a map does not adapt.",
        Discretization { BinBoundaries: null } => "expected a Discretization with bin_boundaries. Received: none; a map does not adapt.",
        IntegerLookup { Adapts: true } => "expected an IntegerLookup with a vocabulary. Received: none; a map does not adapt.",
        _ when Allowed.Contains(layer.GetType()) => null,
        _ => $"expected a preprocessing layer: one of {Received.Words(Allowed.Select(KerasKind.ClassName))}. Received: {Name(layer)}.",
    };

    private static IEnumerable<Type> Allowed => [.. PreprocessingLayers.Records, .. AugmentationLayers.Records, .. Shaping];

    private static string Name(LayerSpec layer) => $"\"{KerasKind.ClassName(layer.GetType())}\"";
}
