using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace TrainingService.Api.Tests.Events;

/// <summary>A subscriber that reads its socket as slowly as it is told, and comes back with its number when it was dropped.</summary>
internal sealed class SlowSocket(Uri service, Guid jobId) : IDisposable
{
    private const char End = '\u001e';

    private readonly StringBuilder _text = new();
    private readonly byte[] _buffer = new byte[64 * 1024];
    private SocketsHttpHandler? _handler;
    private ClientWebSocket? _socket;

    public List<long> Seqs { get; } = [];

    /// <summary>How often the service gave it up for slow.</summary>
    public int Dropped { get; private set; }

    public async Task SubscribeAsync(CancellationToken ct)
    {
        Dispose();
        _text.Clear();
        _handler = new SocketsHttpHandler { ConnectCallback = ConnectAsync };
        using var invoker = new HttpMessageInvoker(_handler, disposeHandler: false);
        _socket = new ClientWebSocket();
        await _socket.ConnectAsync(new Uri($"ws://{service.Authority}/hubs/training"), invoker, ct);
        await SendAsync("""{"protocol":"json","version":1}""", ct);
        await SendAsync($$"""{"type":4,"invocationId":"1","target":"Events","arguments":["{{jobId}}",{{Seqs.LastOrDefault()}}]}""", ct);
    }

    /// <summary>Takes at most so many bytes.</summary>
    /// <returns>False after the terminal event.</returns>
    public async Task<bool> ReadAsync(int bytes, CancellationToken ct)
    {
        ValueWebSocketReceiveResult received;
        try
        {
            if (bytes < _buffer.Length)
                await SendAsync("""{"type":6}""", ct); // still there, only slow
            received = await _socket!.ReceiveAsync(_buffer.AsMemory(0, Math.Min(bytes, _buffer.Length)), ct);
        }
        catch (WebSocketException)
        {
            Dropped++;
            await SubscribeAsync(ct);
            return true;
        }
        _text.Append(Encoding.UTF8.GetString(_buffer, 0, received.Count));
        var messages = _text.ToString().Split(End);
        _text.Clear().Append(messages[^1]);
        foreach (var message in messages[..^1])
        {
            using var json = JsonDocument.Parse(message);
            switch (json.RootElement.TryGetProperty("type", out var type) ? type.GetInt32() : 0)
            {
                case 2 when json.RootElement.GetProperty("item").GetProperty("seq") is { ValueKind: JsonValueKind.Number } seq:
                    Seqs.Add(seq.GetInt64());
                    break;
                case 3 when json.RootElement.TryGetProperty("error", out var error):
                    Assert.Contains("slow_subscriber", error.GetString(), StringComparison.Ordinal);
                    Dropped++;
                    await SubscribeAsync(ct);
                    return true;
                case 3:
                    return false;
            }
        }
        return true;
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _handler?.Dispose();
    }

    private Task SendAsync(string message, CancellationToken ct) =>
        _socket!.SendAsync(Encoding.UTF8.GetBytes(message + End), WebSocketMessageType.Text, endOfMessage: true, ct);

    /// <summary>With little room, so that what is not read stays with the service.</summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4_096 };
        await socket.ConnectAsync(context.DnsEndPoint, ct);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
