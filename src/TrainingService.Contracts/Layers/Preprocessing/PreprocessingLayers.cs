namespace TrainingService.Contracts.Layers;

/// <summary>Layers that prepare numbers, categories, texts and sound.</summary>
public static class PreprocessingLayers
{
    /// <summary>In the order of Keras's documentation.</summary>
    public static IReadOnlyList<Type> Records { get; } =
    [
        typeof(TextVectorization), typeof(Normalization), typeof(Discretization), typeof(CategoryEncoding), typeof(Hashing), typeof(HashedCrossing),
        typeof(StringLookup), typeof(IntegerLookup), typeof(Rescaling), typeof(STFTSpectrogram), typeof(MelSpectrogram),
    ];
}
