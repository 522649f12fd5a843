using DotNet.Testcontainers.Builders;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Testcontainers.PostgreSql;
using TrainingService.Domain.Storage;
using Xunit;

namespace TrainingService.Testing;

/// <summary>
/// The PostgreSQL server of this test process, started at its first use and stopped with the process: the one that <c>TEST_POSTGRES</c> names,
/// or a container where an engine answers, or a private server from the machine's own programs. With none of them tests fail in CI and are skipped elsewhere.
/// </summary>
public sealed class TestPostgres
{
    private static readonly Lazy<Task<TestPostgres>> Started = new(StartAsync);

    private readonly string _connectionString;
    private readonly Lazy<Task<string>> _template;

    private TestPostgres(string connectionString)
    {
        _connectionString = connectionString;
        _template = new Lazy<Task<string>>(PrepareTemplateAsync);
    }

    /// <summary>The server, for tests that make databases of their own.</summary>
    public static async Task<TestPostgres> StartedAsync()
    {
        try
        {
            return await Started.Value;
        }
        catch (InvalidOperationException e) when (!Needs.IsCi)
        {
            Assert.Skip(e.Message);
            throw;
        }
    }

    /// <summary>A connection string for a database that need not exist.</summary>
    public string ConnectionTo(string database) => new NpgsqlConnectionStringBuilder(_connectionString) { Database = database }.ConnectionString;

    /// <summary>A name that no other test has.</summary>
    public static string NewName() => $"test_{Guid.CreateVersion7():N}";

    /// <summary>A new database with all tables.</summary>
    public async Task<string> CopyTemplateAsync(CancellationToken ct)
    {
        var name = NewName();
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {await _template.Value}", ct);
        return ConnectionTo(name);
    }

    /// <summary>Removes a database, and disconnects who still uses it.</summary>
    public Task DropAsync(string connectionString) =>
        ExecuteAsync($"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)", CancellationToken.None);

    private async Task<string> PrepareTemplateAsync()
    {
        var name = NewName();
        await DatabaseSetup.PrepareAsync(ConnectionTo(name), CancellationToken.None);
        return name;
    }

    private async Task ExecuteAsync(string sql, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(ConnectionTo("postgres") + ";Pooling=false");
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 60 };
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<TestPostgres> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("TEST_POSTGRES") is { Length: > 0 } given)
            return new TestPostgres(given);
        return await TryStartContainerAsync() ?? await StartEmbeddedAsync();
    }

    private static async Task<TestPostgres?> TryStartContainerAsync()
    {
        try
        {
            var container = new PostgreSqlBuilder("postgres:17-alpine").Build();
            await container.StartAsync();
            AtExit(container.DisposeAsync);
            return new TestPostgres(container.GetConnectionString());
        }
        catch (DockerUnavailableException)
        {
            return null; // No engine answers; the machine's own programs serve as well.
        }
    }

    private static async Task<TestPostgres> StartEmbeddedAsync()
    {
        await AbandonedClusters.RemoveAsync(Path.GetTempPath(), CancellationToken.None);
        var folder = AbandonedClusters.NewFolder();
        var options = new EmbeddedPostgresOptions { DataDirectory = folder, Durable = false };
        var server = await EmbeddedPostgres.StartAsync(options, NullLogger.Instance, CancellationToken.None);
        AtExit(async () =>
        {
            await server.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        });
        return new TestPostgres(server.ConnectionString);
    }

    private static void AtExit(Func<ValueTask> stop) =>
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Task.Run(async () => await stop()).GetAwaiter().GetResult();
}
