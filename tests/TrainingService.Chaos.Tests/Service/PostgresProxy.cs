using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TrainingService.Chaos.Tests.Service;

/// <summary>What a proxy does about a write that it has seen.</summary>
internal enum WriteFate
{
    Pass,

    /// <summary>The connection is cut before the server hears of it.</summary>
    NeverArrives,

    /// <summary>The server commits, and the connection is cut instead of passing its answer on.</summary>
    AnswerLost,
}

/// <summary>
/// Stands between one program and PostgreSQL and spoils their conversation: delays it, cuts it, or lets the server commit and loses the answer.
/// It reads of the protocol only whether a message writes and whether an answer is complete.
/// </summary>
internal sealed class PostgresProxy : IAsyncDisposable
{
    private static readonly byte[] Idle = [(byte)'Z', 0, 0, 0, 5, (byte)'I'];
    private static readonly byte[] InTransaction = [(byte)'Z', 0, 0, 0, 5, (byte)'T'];
    private static readonly byte[][] Writes = [.. new[] { "UPDATE ", "INSERT ", "DELETE ", "COMMIT" }.Select(Encoding.ASCII.GetBytes)];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<Conversation, Task> _conversations = new();
    private readonly string _socket;
    private readonly Task _accepting;
    private int _loseAnswers;
    private int _lost;

    public PostgresProxy(string name, string socket)
    {
        Name = name;
        _socket = socket;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Name { get; }

    public string ConnectionString => $"Host=127.0.0.1;Port={((IPEndPoint)_listener.LocalEndpoint).Port};Username=training;Database=training;SSL Mode=Disable;GSS Encryption Mode=Disable";

    /// <summary>Added to every message, both ways.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>While true, nothing gets through and nobody gets in.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Answers that were lost so far.</summary>
    public int Lost => Volatile.Read(ref _lost);

    /// <summary>Decides about each write that a program sends; called with the message's text. Null passes all.</summary>
    public Func<string, WriteFate>? OnWrite { get; set; }

    /// <summary>Called when a commit is done and its answer lost, before the connection is cut.</summary>
    public Action? OnAnswerLost { get; set; }

    /// <summary>Lets the next writes commit and loses their answers.</summary>
    public void LoseAnswers(int count) => Interlocked.Add(ref _loseAnswers, count);

    public void Cut()
    {
        IsCut = true;
        CloseConversations();
    }

    public void Heal()
    {
        IsCut = false;
        Delay = TimeSpan.Zero;
        Interlocked.Exchange(ref _loseAnswers, 0);
    }

    public void CloseConversations()
    {
        foreach (var conversation in _conversations.Keys)
            conversation.Close();
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        await _accepting;
        CloseConversations();
        await Task.WhenAll(_conversations.Values);
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync(_closing.Token);
            }
            catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
            if (IsCut)
            {
                client.Dispose();
                continue;
            }
            var conversation = new Conversation(this, client);
            _conversations[conversation] = conversation.RunAsync(_socket).ContinueWith(
                _ => _conversations.TryRemove(conversation, out Task? _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private WriteFate Judge(ReadOnlySpan<byte> message)
    {
        foreach (var mark in Writes)
        {
            if (message.IndexOf(mark) < 0)
                continue;
            if (OnWrite?.Invoke(Encoding.UTF8.GetString(message)) is { } fate and not WriteFate.Pass)
                return fate;
            return TakeLoss() ? WriteFate.AnswerLost : WriteFate.Pass;
        }
        return WriteFate.Pass;
    }

    private bool TakeLoss()
    {
        while (Volatile.Read(ref _loseAnswers) is > 0 and var left)
        {
            if (Interlocked.CompareExchange(ref _loseAnswers, left - 1, left) == left)
                return true;
        }
        return false;
    }

    /// <summary>One connection of the program and its counterpart.</summary>
    private sealed class Conversation(PostgresProxy proxy, TcpClient program)
    {
        private readonly Socket _server = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        private volatile bool _loses;

        public async Task RunAsync(string socket)
        {
            try
            {
                program.NoDelay = true;
                await _server.ConnectAsync(new UnixDomainSocketEndPoint(socket));
                await using var server = new NetworkStream(_server, ownsSocket: false);
                await Task.WhenAny(RequestsAsync(program.GetStream(), server), AnswersAsync(server, program.GetStream()));
            }
            catch (Exception ended) when (ended is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // One side is gone: so is the other.
            }
            finally
            {
                Close();
            }
        }

        public void Close()
        {
            program.Dispose();
            _server.Dispose();
        }

        private async Task RequestsAsync(Stream from, Stream to)
        {
            var buffer = new byte[1 << 16];
            int read;
            while ((read = await from.ReadAsync(buffer)) > 0)
            {
                await DelayAsync();
                switch (proxy.Judge(buffer.AsSpan(0, read)))
                {
                    case WriteFate.NeverArrives:
                        return;
                    case WriteFate.AnswerLost:
                        _loses = true;
                        break;
                }
                await to.WriteAsync(buffer.AsMemory(0, read));
            }
        }

        private async Task AnswersAsync(Stream from, Stream to)
        {
            var buffer = new byte[1 << 16];
            using var held = new MemoryStream();
            int read;
            while ((read = await from.ReadAsync(buffer)) > 0)
            {
                await DelayAsync();
                held.Write(buffer, 0, read);
                if (_loses && buffer.AsSpan(0, read).EndsWith(Idle))
                {
                    // Ready for the next query, outside a transaction: what was asked for is committed.
                    Interlocked.Increment(ref proxy._lost);
                    proxy.OnAnswerLost?.Invoke();
                    return;
                }
                if (_loses && !buffer.AsSpan(0, read).EndsWith(InTransaction))
                    continue; // The answer goes on; whether it is lost shows at its end.
                await to.WriteAsync(held.GetBuffer().AsMemory(0, (int)held.Length));
                held.SetLength(0);
            }
        }

        private Task DelayAsync() => proxy.Delay > TimeSpan.Zero ? Task.Delay(proxy.Delay) : Task.CompletedTask;
    }
}
