namespace TrainingService.Client.Http;

/// <summary>Pauses between tries: doubling, bounded, with a random part so that many clients do not come back at the same instant.</summary>
internal sealed class Backoff(TrainingServiceClientOptions options)
{
    public int Failures { get; private set; }

    public void Reset() => Failures = 0;

    public TimeSpan Next()
    {
        var doubled = options.MinReconnectDelay * Math.Pow(2, Math.Min(Failures++, 30));
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
