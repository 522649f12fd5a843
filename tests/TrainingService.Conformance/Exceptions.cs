namespace TrainingService.Conformance;

/// <summary>Cases whose numbers are not Keras's here, each with its reason.</summary>
public static class Exceptions
{
    /// <summary>Why, by the id of the case.</summary>
    public static IReadOnlyDictionary<string, string> Reasons { get; } = new Dictionary<string, string>();
}
