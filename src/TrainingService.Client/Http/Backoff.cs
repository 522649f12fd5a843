namespace TrainingService.Client.Http;

/// <summary>Pauses between tries: doubling, bounded, with a random part so that many clients do not come back at the same instant.</summary>
internal sealed class Backoff(TrainingServiceClientOptions options)
{
    public int Failures { get; private set; }

    public void Reset() => Failures = 0;

    /// <param name="wish">What the server asks for; it is followed up to the longest pause.</param>
    public TimeSpan Next(TimeSpan? wish = null)
    {
        var doubled = options.MinReconnectDelay * Math.Pow(2, Math.Min(Failures++, 30));
        if (wish > doubled)
            doubled = wish.Value;
        var bounded = doubled < options.MaxReconnectDelay ? doubled : options.MaxReconnectDelay;
        return bounded * (0.75 + (Random.Shared.NextDouble() * 0.25));
    }

    /// <summary>Whether trying again can help: the network, a server that is starting or overloaded.</summary>
    public static bool IsTransient(Exception exception, CancellationToken ct) => exception switch
    {
        _ when ct.IsCancellationRequested => false,
        TrainingServiceException { Problem.Status: 408 or 425 or 429 or >= 500 } => true,
        HttpRequestException or IOException => true,
        // HttpClient's own timeout.
        OperationCanceledException => true,
        _ => false,
    };
}
