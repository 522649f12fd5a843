namespace TrainingService.Domain.Storage;

/// <summary>Where and how a private cluster runs.</summary>
public sealed class EmbeddedPostgresOptions
{
    /// <summary>Everything of the cluster: data, socket, log. Made when missing; nobody else may look in.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>False gives up safety in a power cut for speed; for tests.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>Database named in the connection string. It need not exist: <see cref="DatabaseSetup"/> creates it.</summary>
    public string Database { get; init; } = "training";

    /// <summary>Folder of <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c>; null takes the newest that is installed.</summary>
    public string? BinDirectory { get; init; }

    /// <summary>How long the server may take until it answers, recovery after a crash included.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(2);
}
