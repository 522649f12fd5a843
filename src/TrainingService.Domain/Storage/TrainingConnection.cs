using Npgsql;

namespace TrainingService.Domain.Storage;

/// <summary>The connection string, for what keeps a connection of its own beside the pool.</summary>
public sealed record TrainingConnection(string ConnectionString)
{
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
}
