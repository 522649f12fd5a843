using Npgsql;

namespace TrainingService.Testing;

/// <summary>A fresh, migrated database of one test class; gone when disposed.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private TestDatabase(string connectionString) => ConnectionString = connectionString;

    public string ConnectionString { get; }

    public static async Task<TestDatabase> CreateAsync(CancellationToken ct = default)
    {
        var server = await TestPostgres.StartedAsync();
        return new TestDatabase(await server.CopyTemplateAsync(ct));
    }

    public async ValueTask DisposeAsync()
    {
        await using (var connection = new NpgsqlConnection(ConnectionString))
            NpgsqlConnection.ClearPool(connection);
        await (await TestPostgres.StartedAsync()).DropAsync(ConnectionString);
    }
}
