using Microsoft.AspNetCore.SignalR.Client;

namespace TrainingService.Client.Events;

/// <summary>One stream on one connection of its own; disposing it ends both, on the server as well.</summary>
internal sealed class HubStream<T> : IAsyncDisposable where T : class
{
    private readonly HubConnection _connection;
    private readonly CancellationTokenSource _stop;
    private IAsyncEnumerator<T>? _items;

    public HubStream(EventHub hub, CancellationToken ct)
    {
        _connection = hub.Create();
        _stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
    }

    public async Task StartAsync(string method, params object?[] arguments)
    {
        await _connection.StartAsync(_stop.Token);
        _items = _connection.StreamAsyncCore<T>(method, arguments, _stop.Token).GetAsyncEnumerator(_stop.Token);
    }

    /// <returns>The next item, or null at the end.</returns>
    public async Task<T?> NextAsync() =>
        _items is not null && await _items.MoveNextAsync() ? _items.Current : null;

    public async ValueTask DisposeAsync()
    {
        // A server goes on with a stream whose reader has merely left; only the cancelled token tells it.
        await _stop.CancelAsync();
        await _connection.DisposeAsync();
        _stop.Dispose();
    }
}
