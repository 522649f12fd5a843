using Microsoft.Extensions.Logging;
using Npgsql;

namespace TrainingService.Domain.Storage;

/// <summary>
/// A private PostgreSQL server from the programs installed on this machine, reached through a Unix socket that nobody else may open.
/// It outlives a crash of its owner, and the next one attaches to it; the owner stops it when it is disposed.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly PostgresCluster _cluster;
    private readonly string _database;
    private FileStream? _ownership;

    private EmbeddedPostgres(PostgresCluster cluster, string database) => (_cluster, _database) = (cluster, database);

    /// <summary>For Npgsql.</summary>
    public string ConnectionString => ConnectionTo(_cluster.SocketFolder ?? throw new InvalidOperationException("The server was not started."), _database);

    /// <summary>Whether this process stops the server at the end; the first one on a data directory does.</summary>
    public bool IsOwner => _ownership is not null;

    /// <summary>Starts the server, or attaches to it when it runs already.</summary>
    public static async Task<EmbeddedPostgres> StartAsync(EmbeddedPostgresOptions options, ILogger log, CancellationToken ct)
    {
        var postgres = new EmbeddedPostgres(await PostgresCluster.OpenAsync(options, ct), options.Database);
        try
        {
            await postgres.StartAsync(options.StartTimeout, log, ct);
            return postgres;
        }
        catch
        {
            await postgres.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the server if this process owns it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _ownership, null) is not { } ownership)
            return;
        await using (ownership)
            await _cluster.StopAsync(CancellationToken.None);
    }

    private async Task StartAsync(TimeSpan timeout, ILogger log, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(timeout);
        using var timer = new PeriodicTimer(Period);
        Exception? last = null;
        try
        {
            while (true)
            {
                // Whoever starts at the same time waits for the owner, and takes its place should it die.
                _ownership ??= TryOwn(Path.Combine(_cluster.Root, "owner.lock"));
                if (IsOwner && !_cluster.IsRunning)
                {
                    await _cluster.InitializeAsync(deadline.Token);
                    if (await _cluster.TryStartAsync(deadline.Token))
                        log.LogInformation("PostgreSQL runs in {Directory}", _cluster.Root);
                }
                last = await TryConnectAsync(deadline.Token);
                if (last is null)
                    return;
                await timer.WaitForNextTickAsync(deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"PostgreSQL in {_cluster.Root} did not answer within {timeout.TotalSeconds:0} s; its log is {_cluster.LogFile}.", last);
        }
    }

    /// <returns>Null when the server answers, else why not.</returns>
    private async Task<Exception?> TryConnectAsync(CancellationToken ct)
    {
        if (_cluster.SocketFolder is not { } folder)
            return new FileNotFoundException("The server has no socket so far.");
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionTo(folder, "postgres") + ";Pooling=false;Timeout=5");
            await connection.OpenAsync(ct);
            return null;
        }
        catch (NpgsqlException e) when (e is not PostgresException || e.SqlState == PostgresErrorCodes.CannotConnectNow)
        {
            return e;
        }
    }

    private static string ConnectionTo(string socketFolder, string database) => new NpgsqlConnectionStringBuilder
    {
        Host = socketFolder,
        Port = 5432,
        Username = PostgresCluster.UserName,
        Database = database,
    }.ConnectionString;

    /// <summary>The lock goes with the process, however it ends.</summary>
    private static FileStream? TryOwn(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
