using System.Data.Common;
using Npgsql;

namespace TrainingService.Domain.Storage;

/// <summary>The connection string, for what keeps a connection of its own beside the pool.</summary>
/// <exception cref="StartUpException">It is no connection string.</exception>
public sealed record TrainingConnection(string ConnectionString)
{
    /// <summary>A connection keeps as many; behind a pooler that cannot keep them the connection string says <c>Max Auto Prepare=0</c>.</summary>
    private const int PreparedStatements = 20;

    /// <summary>A server gets no more done with more of them, and a burst waits its turn here in the order in which it came.</summary>
    private const int Connections = 32;

    /// <summary>For Npgsql.</summary>
    public string ConnectionString { get; } = Checked(ConnectionString);

    /// <summary>For statements that are short: the server ends one that waits for a lock, or runs, for longer, instead of hanging.</summary>
    public string WithTimeouts(int lockSeconds, int statementSeconds)
    {
        var settings = Tuned(ConnectionString);
        if (!Given(ConnectionString).ContainsKey("Maximum Pool Size"))
            settings.MaxPoolSize = Connections;
        settings.Options = $"{settings.Options} -c lock_timeout={lockSeconds}s -c statement_timeout={statementSeconds}s -c idle_in_transaction_session_timeout=60s".Trim();
        return settings.ConnectionString;
    }

    /// <summary>
    /// For a queue: what it writes need not reach the disk before its answer, because the jobs' rows say what is true, and what the crash of a
    /// server takes from the queue is put on it again.
    /// </summary>
    public string ForQueue()
    {
        var settings = Tuned(ConnectionString);
        settings.Options = $"{settings.Options} -c synchronous_commit=off".Trim();
        return settings.ConnectionString;
    }

    /// <summary>Opens a connection that notices a dead server and is closed when disposed.</summary>
    public async Task<NpgsqlConnection> OpenAloneAsync(string purpose, CancellationToken ct)
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString)
        {
            Pooling = false,
            KeepAlive = 10,
            TcpKeepAlive = true,
            ApplicationName = purpose,
        };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>A connection plans a statement that it is given often only once; what the connection string itself says goes before.</summary>
    private static NpgsqlConnectionStringBuilder Tuned(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (!Given(connectionString).ContainsKey("Max Auto Prepare"))
            settings.MaxAutoPrepare = PreparedStatements;
        return settings;
    }

    /// <summary>Npgsql's own builder knows every key; this one knows those that were given, by Npgsql's names.</summary>
    private static DbConnectionStringBuilder Given(string connectionString) =>
        new() { ConnectionString = new NpgsqlConnectionStringBuilder(connectionString).ConnectionString };

    private static string Checked(string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString).ConnectionString;
        }
        catch (ArgumentException exception)
        {
            throw new StartUpException($"ConnectionStrings:Training: {exception.Message}", exception);
        }
    }
}
