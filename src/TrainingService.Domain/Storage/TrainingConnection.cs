using Npgsql;

namespace TrainingService.Domain.Storage;

/// <summary>The connection string, for what keeps a connection of its own beside the pool.</summary>
/// <exception cref="StartUpException">It is no connection string.</exception>
public sealed record TrainingConnection(string ConnectionString)
{
    /// <summary>For Npgsql.</summary>
    public string ConnectionString { get; } = Checked(ConnectionString);

    /// <summary>For statements that are short: the server ends one that waits for a lock, or runs, for longer, instead of hanging.</summary>
    public string WithTimeouts(int lockSeconds, int statementSeconds)
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString);
        settings.Options = $"{settings.Options} -c lock_timeout={lockSeconds}s -c statement_timeout={statementSeconds}s -c idle_in_transaction_session_timeout=60s".Trim();
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
