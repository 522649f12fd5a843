namespace TrainingService.Conformance;

/// <summary>Cases whose numbers are not Keras's here, each with its reason.</summary>
public static class Exceptions
{
    /// <summary>Why, by the id of the case.</summary>
    public static IReadOnlyDictionary<string, string> Reasons { get; } = new Dictionary<string, string>
    {
        ["optimizers/Lamb/LambTest.test_correctness_with_golden"] =
            "Keras's test allows rtol 5e-4 besides atol 5e-4, the case has the atol alone; Keras's own formula gives 0.9959038 in step 4, as the engine does, where the test's rounded literal is 0.9965",
    };
}
