using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Queue;
using TrainingService.Domain.Storage;
using TrainingService.Testing;

namespace TrainingService.Domain.Tests.Storage;

public sealed class MigrationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F35_jobs_of_the_version_before_keep_their_place_and_what_was_asked_of_them()
    {
        var server = await TestPostgres.StartedAsync();
        var connectionString = server.ConnectionTo(TestPostgres.NewName());
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var db = new TrainingDb(new DbContextOptionsBuilder<TrainingDb>().UseNpgsql(connectionString).Options);
        try
        {
            await db.GetService<IMigrator>().MigrateAsync("Initial", Ct);
            var (queued, lost, running) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
            await AddAsync(queued, "queued", 0, cancel: false, "cuda:1");
            await AddAsync(lost, "queued", 1, cancel: false, "cpu");
            await AddAsync(running, "running", 2, cancel: true, "auto");

            await db.Database.MigrateAsync(Ct);

            var jobs = await db.Jobs.AsNoTracking().ToDictionaryAsync(job => job.Id, Ct);
            Assert.Equal(("gpu", QueueLane.Normal, JobPriority.Normal), (jobs[queued].Queue, jobs[queued].Lane, jobs[queued].Priority));
            Assert.Equal(("cpu", QueueLane.Again, null), (jobs[lost].Queue, jobs[lost].Lane, jobs[lost].Requested));
            Assert.Equal(("cpu", JobRequests.Cancel), (jobs[running].Queue, jobs[running].Requested));
        }
        finally
        {
            await server.DropAsync(connectionString);
        }

        async Task AddAsync(Guid id, string status, int attempt, bool cancel, string device)
        {
            await using var command = database.CreateCommand(
                $$$"""
                INSERT INTO jobs (id, name, spec, model, tags, metadata, status, cancel_requested, attempt, uncounted_attempts, max_attempts, epoch, epochs,
                                  last_seq, created_at, offered_at)
                VALUES ('{{{id}}}', 'job', '{"resources": {"device": "{{{device}}}"}}', '{}', '{}', '{}', '{{{status}}}', {{{cancel}}}, {{{attempt}}}, 0, 3, 0, 1, 0, now(), now())
                """);
            await command.ExecuteNonQueryAsync(Ct);
        }
    }
}
