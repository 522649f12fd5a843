using TrainingService.Engine.Checkpoints;

namespace TrainingService.Engine.Callbacks;

/// <summary>Calls every callback in order.</summary>
internal sealed class CallbackList : IStateful
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

    public void WriteState(StateWriter state)
    {
        state.AddValue("count", _callbacks.Count);
        for (var i = 0; i < _callbacks.Count; i++)
            state.Add($"{i}", _callbacks[i]);
    }

    public void ReadState(StateReader state)
    {
        if (state.Value<int>("count") is var count && count != _callbacks.Count)
            throw new CheckpointException($"expected the states of {_callbacks.Count} callbacks. Received: {count}.");
        for (var i = 0; i < _callbacks.Count; i++)
            state.Read($"{i}", _callbacks[i]);
    }

    public void Each(Action<Callback> hook)
    {
        foreach (var callback in _callbacks)
            hook(callback);
    }
}
