using Npgsql;

namespace TrainingService.Testing;

/// <summary>The server of this test process, started at its first use.</summary>
public static class TestPostgres
{
    /// <summary>A new database without anything in it.</summary>
    public static Task<string> CreateDatabaseAsync(CancellationToken ct) => throw new NotSupportedException();

    internal static Task DropDatabaseAsync(string connectionString)
    {
        NpgsqlConnection.ClearAllPools();
        return Task.CompletedTask;
    }
}
