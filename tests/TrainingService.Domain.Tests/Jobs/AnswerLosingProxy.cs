using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace TrainingService.Domain.Tests.Jobs;

/// <summary>
/// Stands between Npgsql and PostgreSQL. Once told to, it lets a request through, waits until the server has answered it
/// completely, which it does after the commit, and then cuts the connection instead of passing the answer on.
/// </summary>
internal sealed class AnswerLosingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly NpgsqlConnectionStringBuilder _server;
    private readonly Task _accepting;
    private readonly List<Task> _connections = [];
    private int _until = int.MaxValue;

    public AnswerLosingProxy(string connectionString)
    {
        _server = new NpgsqlConnectionStringBuilder(connectionString);
        _listener.Start();
        // One connection, without the reset in front of a request, so that one request is one answer.
        ConnectionString = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Host = IPAddress.Loopback.ToString(), Port = ((IPEndPoint)_listener.LocalEndpoint).Port, MaxPoolSize = 1, NoResetOnClose = true,
            SslMode = SslMode.Disable, GssEncryptionMode = GssEncryptionMode.Disable,
        }.ConnectionString;
        _accepting = AcceptAsync();
    }

    public string ConnectionString { get; }

    /// <summary>Answers that were lost so far.</summary>
    public int Lost { get; private set; }

    /// <summary>The n-th request from here on loses its answer.</summary>
    public void LoseAfter(int requests) => Volatile.Write(ref _until, requests);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = await ConnectAsync())
        await using (var stream = new NetworkStream(server))
        {
            var connection = new Connection(this);
            var upward = connection.PassRequestsAsync(client.GetStream(), stream, _stop.Token);
            var downward = connection.PassAnswersAsync(stream, client.GetStream(), _stop.Token);
            await Task.WhenAny(upward, downward);
            client.Close();
            server.Close();
            // A connection that was cut ends with an error, as it should.
            await Task.WhenAll(upward, downward).ContinueWith(ended => ended.Exception, TaskScheduler.Default);
        }
    }

    private async Task<Socket> ConnectAsync()
    {
        var isUnix = _server.Host!.StartsWith('/');
        EndPoint address = isUnix
            ? new UnixDomainSocketEndPoint(Path.Combine(_server.Host, $".s.PGSQL.{_server.Port}"))
            : new DnsEndPoint(_server.Host, _server.Port);
        var socket = isUnix ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address, _stop.Token);
        return socket;
    }

    private sealed class Connection(AnswerLosingProxy proxy)
    {
        private volatile bool _loses;

        public async Task PassRequestsAsync(Stream client, Stream server, CancellationToken ct)
        {
            var buffer = new byte[1 << 16];
            int read;
            while ((read = await client.ReadAsync(buffer, ct)) > 0)
            {
                _loses |= Interlocked.Decrement(ref proxy._until) == 0;
                await server.WriteAsync(buffer.AsMemory(0, read), ct);
            }
        }

        /// <summary>Ends when the answer that is to be lost is there.</summary>
        public async Task PassAnswersAsync(Stream server, Stream client, CancellationToken ct)
        {
            var buffer = new byte[1 << 16];
            int read;
            while ((read = await server.ReadAsync(buffer, ct)) > 0)
            {
                if (!_loses)
                {
                    await client.WriteAsync(buffer.AsMemory(0, read), ct);
                }
                else if (buffer.AsSpan(0, read).EndsWith("Z\0\0\0\u0005I"u8)) // ReadyForQuery, outside of a transaction
                {
                    proxy.Lost++;
                    return;
                }
            }
        }
    }
}
