namespace TrainingService.Client.Events;

/// <summary>How a stream stands.</summary>
public enum StreamState
{
    /// <summary>The first connection is being made.</summary>
    Connecting,

    /// <summary>Connected; what comes is current.</summary>
    Live,

    /// <summary>The connection is gone; the stream goes on by itself where it stood.</summary>
    Reconnecting,
}

/// <summary>A change of a stream's connection.</summary>
/// <param name="State">How it stands now.</param>
/// <param name="Error">What broke it, when it is reconnecting.</param>
/// <param name="RetryIn">Pause before the next try, when it is reconnecting.</param>
public sealed record StreamStatus(StreamState State, Exception? Error = null, TimeSpan? RetryIn = null);
