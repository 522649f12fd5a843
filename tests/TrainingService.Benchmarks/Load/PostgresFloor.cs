using System.Diagnostics;
using Npgsql;

namespace TrainingService.Benchmarks.Load;

/// <summary>What the machine's PostgreSQL commits when nothing stands before it.</summary>
/// <param name="OneClient">Single-row commits a second of one client.</param>
/// <param name="EightClients">Of eight.</param>
/// <param name="BatchedRows">Rows a second of eight clients that commit 100 at a time.</param>
internal sealed record PostgresFloor(double OneClient, double EightClients, double BatchedRows)
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    public static async Task<PostgresFloor> MeasureAsync(NpgsqlDataSource database)
    {
        await ExecuteAsync(database, "CREATE TABLE IF NOT EXISTS load_floor (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, data jsonb NOT NULL)");
        var floor = new PostgresFloor(await RateAsync(database, 1, 1), await RateAsync(database, 8, 1), await RateAsync(database, 8, 100));
        await ExecuteAsync(database, "DROP TABLE load_floor");
        Console.WriteLine(FormattableString.Invariant(
            $"floor postgres {floor.OneClient:0} commits/s with 1 client, {floor.EightClients:0} with 8, {floor.BatchedRows:0} rows/s with 8 in batches of 100"));
        return floor;
    }

    private static async Task<double> RateAsync(NpgsqlDataSource database, int clients, int rows)
    {
        var watch = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(() => InsertAsync(database, rows, watch))));
        return counts.Sum() / watch.Elapsed.TotalSeconds;
    }

    private static async Task<long> InsertAsync(NpgsqlDataSource database, int rows, Stopwatch watch)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var insert = new NpgsqlCommand("INSERT INTO load_floor (data) SELECT unnest($1)::jsonb", connection)
        {
            Parameters = { new() { Value = Enumerable.Repeat($$"""{"level":"info","message":"{{new string('x', 90)}}"}""", rows).ToArray() } },
        };
        await insert.PrepareAsync();
        long count = 0;
        for (; watch.Elapsed < Duration; count += rows)
            await insert.ExecuteNonQueryAsync();
        return count;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
