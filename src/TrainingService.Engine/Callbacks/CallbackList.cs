namespace TrainingService.Engine.Callbacks;

/// <summary>Calls every callback in order.</summary>
internal sealed class CallbackList
{
    private readonly IReadOnlyList<Callback> _callbacks = [];

    public CallbackList(IReadOnlyList<Callback> callbacks, FitContext fit)
    {
        foreach (var callback in callbacks)
            callback.Attach(fit);
        _callbacks = callbacks;
    }

    private CallbackList()
    {
    }

    public static CallbackList None { get; } = new();

    public void Each(Action<Callback> hook)
    {
        foreach (var callback in _callbacks)
            hook(callback);
    }
}
