namespace TrainingService.Contracts.Layers;

/// <summary>Parameters of <c>call</c> that many layers share, in Keras's order.</summary>
internal static class LayerCalls
{
    public static IReadOnlyList<string> WithTraining { get; } = ["inputs", "training"];

    public static IReadOnlyList<string> WithMask { get; } = ["inputs", "mask"];

    public static IReadOnlyList<string> WithTrainingAndMask { get; } = ["inputs", "training", "mask"];
}
