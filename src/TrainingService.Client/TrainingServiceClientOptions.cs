using Microsoft.AspNetCore.Http.Connections.Client;

namespace TrainingService.Client;

/// <summary>Where the service is and how patient the client is.</summary>
public sealed class TrainingServiceClientOptions
{
    /// <summary>Address of the service. Default: http://localhost:5080/, where the service listens by default.</summary>
    public Uri ServerUrl { get; set; } = new("http://localhost:5080/");

    /// <summary>Pause before the first try to connect again; doubles with every try in vain. Default: 250 ms.</summary>
    public TimeSpan MinReconnectDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest pause between tries to connect again. Default: 10 s.</summary>
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Tries after which a request that changes something gives up. Repeating it is safe: whatever makes a job carries an
    /// <c>Idempotency-Key</c>, and the other verbs ask for a state. Reading is tried once. Default: 4; 1 never repeats.
    /// </summary>
    public int MaxRequestAttempts { get; set; } = 4;

    /// <summary>Tries in a row without a new byte after which a download gives up. Default: 6.</summary>
    public int MaxDownloadAttempts { get; set; } = 6;

    /// <summary>Further settings of the SignalR connections: headers, proxies, transports. Default: none.</summary>
    public Action<HttpConnectionOptions>? ConfigureConnection { get; set; }
}
