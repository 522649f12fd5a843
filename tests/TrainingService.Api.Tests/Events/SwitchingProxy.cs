using System.Net.Sockets;

namespace TrainingService.Api.Tests.Events;

/// <summary>One address in front of several services, as a load balancer has: new connections go to the current one, and all can be cut at once.</summary>
internal sealed class SwitchingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _sockets = [];
    private readonly Task _accepting;
    private Uri _target;

    public SwitchingProxy(Uri target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>Connections that go through it.</summary>
    public int Connections
    {
        get
        {
            lock (_gate)
                return _sockets.Count / 2;
        }
    }

    /// <summary>Breaks every connection, as a reset does; who comes back is led to <paramref name="target"/>.</summary>
    public void CutAndSwitch(Uri target)
    {
        lock (_gate)
        {
            _target = target;
            foreach (var socket in _sockets)
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Close();
            }
            _sockets.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        CutAndSwitch(_target);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ForwardAsync(await _listener.AcceptSocketAsync());
        }
        catch (SocketException)
        {
            // Stopped.
        }
    }

    private async Task ForwardAsync(Socket client)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        lock (_gate)
            _sockets.UnionWith([client, server]);
        try
        {
            await server.ConnectAsync(_target.Host, _target.Port);
            await Task.WhenAny(PumpAsync(client, server), PumpAsync(server, client));
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException)
        {
            // The other side finds out by its own socket.
        }
        lock (_gate)
            _sockets.ExceptWith([client, server]);
        client.Dispose();
        server.Dispose();
    }

    private static async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            for (int count; (count = await from.ReceiveAsync(buffer)) > 0;)
                await to.SendAsync(buffer.AsMemory(0, count));
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException)
        {
            // Ends both directions.
        }
    }
}
