using Microsoft.Extensions.Options;
using Npgsql;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Storage;

namespace TrainingService.Domain.Tests.Storage;

public sealed class TimeoutTests(DomainFixture domain) : IClassFixture<DomainFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F15_a_write_that_waits_for_a_lock_too_long_is_told_so_and_can_be_made_again()
    {
        await using var database = NpgsqlDataSource.Create(new TrainingConnection(domain.ConnectionString).WithTimeouts(lockSeconds: 1, statementSeconds: 30));
        var store = new JobStore(database, domain.Heartbeats, domain.Bell, Options.Create(DomainFixture.JobOptions), TimeProvider.System);
        var id = await domain.AddJobAsync(Ct);
        await domain.ClaimAsync(id, Ct);
        var write = Guid.CreateVersion7();

        await using (var connection = await domain.Database.OpenConnectionAsync(Ct))
        await using (var transaction = await connection.BeginTransactionAsync(Ct))
        {
            await using var command = new NpgsqlCommand("LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE", connection, transaction);
            await command.ExecuteNonQueryAsync(Ct);

            var append = await Assert.ThrowsAsync<PostgresException>(() => store.TryAppendAsync(id, 1, write, [DomainFixture.Log("once")], null, Ct));
            Assert.Equal((PostgresErrorCodes.LockNotAvailable, true), (append.SqlState, append.IsTransient));
            Assert.Equal(PostgresErrorCodes.LockNotAvailable, (await Assert.ThrowsAsync<PostgresException>(() => store.SweepAsync(TimeSpan.Zero, ["cpu"], Ct))).SqlState);
            // The beat gives up as well, and the next one comes through.
            Assert.True((await Assert.ThrowsAnyAsync<NpgsqlException>(() => store.RenewAsync(id, 1, DomainFixture.Lease, Ct))).IsTransient);
        }

        Assert.True((await store.RenewAsync(id, 1, DomainFixture.Lease, Ct)).Held);
        Assert.True(await store.TryAppendAsync(id, 1, write, [DomainFixture.Log("once")], null, Ct));
        Assert.Equal(3, (await domain.ReadEventsAsync(id, Ct)).Count);
    }

    [Fact]
    public async Task F15_a_statement_that_runs_too_long_is_an_outage_and_no_mistake()
    {
        await using var database = NpgsqlDataSource.Create(new TrainingConnection(domain.ConnectionString).WithTimeouts(lockSeconds: 1, statementSeconds: 1));

        await Assert.ThrowsAsync<TimeoutException>(() => new JobSql(database).ReadAsync("SELECT pg_sleep(60)", _ => true, Ct));
    }

    [Fact]
    public async Task F15_a_session_that_forgets_its_transaction_does_not_keep_its_locks()
    {
        await using var database = NpgsqlDataSource.Create(new TrainingConnection(domain.ConnectionString).WithTimeouts(lockSeconds: 1, statementSeconds: 1));

        Assert.Equal("1min", Assert.Single(await new JobSql(database).ReadAsync("SHOW idle_in_transaction_session_timeout", row => row.GetString(0), Ct)));
    }

    [Fact]
    public async Task F14_heartbeats_have_connections_of_their_own_when_all_others_are_taken()
    {
        var id = await domain.AddJobAsync(Ct);
        await domain.ClaimAsync(id, Ct);
        var settings = new NpgsqlConnectionStringBuilder(domain.ConnectionString) { MaxPoolSize = 1, Timeout = 1 };
        await using var database = NpgsqlDataSource.Create(settings);
        var store = new JobStore(database, domain.Heartbeats, domain.Bell, Options.Create(DomainFixture.JobOptions), TimeProvider.System);
        await using var taken = await database.OpenConnectionAsync(Ct);

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => store.TryAppendAsync(id, 1, [DomainFixture.Log("no room")], null, Ct));

        Assert.True((await store.RenewAsync(id, 1, DomainFixture.Lease, Ct)).Held);
    }
}
