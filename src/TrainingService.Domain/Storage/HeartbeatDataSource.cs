using Npgsql;

namespace TrainingService.Domain.Storage;

/// <summary>
/// Connections for signs of life alone: leases and workers. However busy the others are, these are free, and a beat that gets no answer
/// gives up soon so that the next one can try.
/// </summary>
public sealed class HeartbeatDataSource(TrainingConnection database) : IAsyncDisposable
{
    private const int MaxConnections = 4;
    private const int Seconds = 5;
    private const int LockSeconds = 4; // before the statement as a whole is given up, so that the cause is named

    /// <summary>The connections; one stays open, so that a server that takes no new ones loses no lease.</summary>
    public NpgsqlDataSource Source { get; } = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.WithTimeouts(LockSeconds, Seconds))
    {
        MinPoolSize = 1,
        MaxPoolSize = MaxConnections,
        Timeout = Seconds,
        CommandTimeout = Seconds,
        ApplicationName = "training heartbeats",
    });

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
