using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using TrainingService.Contracts.Json;

namespace TrainingService.Client.Events;

/// <summary>Makes connections to the service's hub.</summary>
internal sealed class EventHub(TrainingServiceClientOptions options, Uri server)
{
    public TrainingServiceClientOptions Options { get; } = options;

    /// <summary>
    /// A connection that is not started. It has no automatic reconnect of its own: SignalR's would come back without its streams, so a
    /// broken connection is thrown away and the stream resumes by number on a new one.
    /// </summary>
    public HubConnection Create() => new HubConnectionBuilder()
        .WithUrl(new Uri(server, "hubs/training"), http =>
        {
            // One request instead of a negotiation, so that it does not matter which of several servers answers.
            http.Transports = HttpTransportType.WebSockets;
            http.SkipNegotiation = true;
            Options.ConfigureConnection?.Invoke(http);
        })
        .AddJsonProtocol(json => json.PayloadSerializerOptions = ContractsJson.Options)
        .Build();
}
