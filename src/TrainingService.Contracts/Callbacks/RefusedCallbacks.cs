namespace TrainingService.Contracts.Callbacks;

/// <summary>Keras's callbacks that no job can have, and why.</summary>
internal static class RefusedCallbacks
{
    public static IReadOnlyDictionary<string, string> Reasons { get; } = new Dictionary<string, string>
    {
        ["LambdaCallback"] = "its hooks are Python functions, and no code of a job's author is run here. The job's events say what its hooks would be told.",
        ["OrbaxCheckpoint"] = "Orbax's folders are a format of JAX that nothing here reads or writes. Use ModelCheckpoint.",
        ["CallbackList"] = "it is Keras's own container. List its callbacks.",
        ["Callback"] = "it is the base class and does nothing.",
    };
}
