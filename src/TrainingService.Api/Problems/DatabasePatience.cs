using System.Data.Common;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Problems;

/// <summary>
/// How long a request waits for the database: a caller hears 503 soon, with when to come back, and does not hang until somebody's proxy
/// gives up. Longer waits are the worker's, which has nobody waiting.
/// </summary>
internal static class DatabasePatience
{
    /// <summary>For a connection, also one of the pool's when all are taken.</summary>
    private const int ConnectSeconds = 4;

    /// <summary>For one statement, also one that waits for a lock.</summary>
    private const int CommandSeconds = 8;

    /// <summary>Every connection of this program keeps to it; what the connection string itself says goes before.</summary>
    public static void AddDatabasePatience(this IServiceCollection services)
    {
        var given = services.Select(service => service.ImplementationInstance).OfType<TrainingConnection>().Single();
        services.Replace(ServiceDescriptor.Singleton(new TrainingConnection(Bounded(given.ConnectionString))));
    }

    public static string Bounded(string connectionString)
    {
        // Npgsql's own builder knows every key; this one knows those that were given.
        var given = new DbConnectionStringBuilder { ConnectionString = new NpgsqlConnectionStringBuilder(connectionString).ConnectionString };
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (!given.ContainsKey("Timeout"))
            settings.Timeout = ConnectSeconds;
        if (!given.ContainsKey("Command Timeout"))
            settings.CommandTimeout = CommandSeconds;
        return settings.ConnectionString;
    }
}
