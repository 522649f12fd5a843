using Hangfire.PostgreSql;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace TrainingService.Domain.Storage;

/// <summary>Makes the database ready: creates it, brings its tables up to date, and Hangfire's.</summary>
public static class DatabaseSetup
{
    /// <summary>One process at a time; the number is ours alone ("training" in ASCII).</summary>
    private const long LockKey = 0x747261696E696E67;

    /// <summary>A migration reads every row of a table that may have millions.</summary>
    private static readonly TimeSpan MigrationTime = TimeSpan.FromHours(1);

    /// <summary>Safe to call from several processes at once, and again.</summary>
    /// <exception cref="StartUpException">The connection string is wrong, or the server does not let its user in.</exception>
    public static async Task PrepareAsync(string connectionString, CancellationToken ct)
    {
        try
        {
            await CreateMissingDatabaseAsync(new TrainingConnection(connectionString).ConnectionString, ct);
        }
        catch (NpgsqlException exception) when (!exception.IsTransient)
        {
            throw new StartUpException($"ConnectionStrings:Training: the database refuses. {exception.Message}", exception);
        }

        // No pooling: the lock goes with the connection, however this method ends.
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(ct);
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({LockKey})", ct);

        var options = new DbContextOptionsBuilder<TrainingDb>().UseNpgsql(connection).Options;
        await using (var db = new TrainingDb(options))
        {
            db.Database.SetCommandTimeout(MigrationTime);
            await db.Database.MigrateAsync(ct);
        }
        PostgreSqlObjectsInstaller.Install(connection);
    }

    private static async Task CreateMissingDatabaseAsync(string connectionString, CancellationToken ct)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        try
        {
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync(ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            var database = settings.Database ?? throw new StartUpException("ConnectionStrings:Training: expected a Database. Received: none");
            settings.Database = "postgres";
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync(ct);
            try
            {
                await ExecuteAsync(connection, $"CREATE DATABASE \"{database.Replace("\"", "\"\"")}\"", ct);
            }
            catch (PostgresException created) when (created.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
            {
                // Another process was faster.
            }
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(ct);
    }
}
