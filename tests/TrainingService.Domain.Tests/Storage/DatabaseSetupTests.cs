using Microsoft.EntityFrameworkCore;
using Npgsql;
using TrainingService.Domain.Storage;
using TrainingService.Testing;

namespace TrainingService.Domain.Tests.Storage;

public sealed class DatabaseSetupTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Several_processes_at_once_prepare_a_database_that_is_missing()
    {
        var server = await TestPostgres.StartedAsync();
        var connectionString = server.ConnectionTo(TestPostgres.NewName());
        try
        {
            await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => DatabaseSetup.PrepareAsync(connectionString, Ct), Ct)));
            await DatabaseSetup.PrepareAsync(connectionString, Ct);

            await using var database = NpgsqlDataSource.Create(connectionString + ";Pooling=false");
            await using var count = database.CreateCommand(
                """SELECT (SELECT count(*) FROM jobs), (SELECT count(*) FROM hangfire.job), (SELECT count(*) FROM "__EFMigrationsHistory")""");
            await using var reader = await count.ExecuteReaderAsync(Ct);
            Assert.True(await reader.ReadAsync(Ct));
            Assert.Equal((0L, 0L, true), (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2) > 0));
        }
        finally
        {
            await server.DropAsync(connectionString);
        }
    }

    [Fact]
    public void The_migrations_say_what_the_model_says()
    {
        using var db = new TrainingDb(new DbContextOptionsBuilder<TrainingDb>().UseNpgsql("Host=localhost").Options);

        Assert.False(db.Database.HasPendingModelChanges());
    }
}
