using Microsoft.Extensions.Logging.Abstractions;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Jobs;
using TrainingService.Domain.Storage;

namespace TrainingService.Worker.Tests.Runs;

[Collection(nameof(ProcessTests))]
public sealed class OutageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_goes_on_while_the_database_is_away_and_loses_no_event()
    {
        var folder = Directory.CreateTempSubdirectory("training-outage-").FullName;
        var options = new EmbeddedPostgresOptions { DataDirectory = folder }; // durable: what is acknowledged must be there after a crash
        var server = await EmbeddedPostgres.StartAsync(options, NullLogger.Instance, Ct);
        try
        {
            await DatabaseSetup.PrepareAsync(server.ConnectionString, Ct);
            await using var service = await ServiceFixture.StartAsync(server.ConnectionString, Ct);
            await using var worker = service.StartWorker();
            var id = await service.SubmitAsync(epochs: 400, Ct);
            await service.WaitForTrainerAsync(id, attempt: 1, Ct, worker);

            await server.DisposeAsync();
            // Longer than the lease: the worker cannot renew it meanwhile.
            using (var timer = new PeriodicTimer(TimeSpan.FromSeconds(ServiceFixture.LeaseSeconds + 2)))
                await timer.WaitForNextTickAsync(Ct);
            server = await EmbeddedPostgres.StartAsync(options, NullLogger.Instance, Ct);
            var events = await service.WaitForEndAsync(id, Ct, worker);

            var job = await service.ReadAsync(id, Ct);
            Assert.Equal((JobStatus.Succeeded, 1, 400), (job.Status, job.Attempt, job.Epoch));
            Assert.Equal(Enumerable.Range(1, events.Count).Select(seq => (long?)seq), events.Select(e => e.Seq));
            Assert.Equal(Enumerable.Range(1, 400), events.Where(e => e.Type == EventTypes.EpochEnd).Select(e => e.Data.GetProperty("epoch").GetInt32()));
            Assert.Contains("The database is away", worker.Log);
        }
        finally
        {
            await server.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task F11_F13_a_run_rides_through_a_killed_backend_and_a_server_that_restarts_again_and_again()
    {
        const int epochs = 600;
        var folder = Directory.CreateTempSubdirectory("training-restarts-").FullName;
        var options = new EmbeddedPostgresOptions { DataDirectory = folder }; // durable: what is acknowledged must be there after a crash
        var server = await EmbeddedPostgres.StartAsync(options, NullLogger.Instance, Ct);
        try
        {
            await DatabaseSetup.PrepareAsync(server.ConnectionString, Ct);
            await using var service = await ServiceFixture.StartAsync(server.ConnectionString, Ct);
            await using var worker = service.StartWorker();
            var id = await service.SubmitAsync($$"""{ "fit": { "epochs": {{epochs}} }, "checkpoint": { "every_epochs": 50 } }""", Ct);
            await service.WaitForTrainerAsync(id, attempt: 1, Ct, worker);

            // The server ends all its other backends when one dies so, and recovers.
            WorkerProcess.Signal(await service.BackendAsync(Ct), "KILL");
            for (var restart = 1; restart <= 3; restart++)
            {
                var seen = (await service.WaitForAsync(id, e => e.Type == EventTypes.EpochEnd, Ct, worker))[^1].Seq;
                await server.DisposeAsync();
                server = await EmbeddedPostgres.StartAsync(options, NullLogger.Instance, Ct);
                await service.WaitForAsync(id, e => e.Seq > seen, Ct, worker);
            }
            var events = await service.WaitForEndAsync(id, Ct, worker);

            var job = await service.ReadAsync(id, Ct);
            Assert.Equal((JobStatus.Succeeded, 1, epochs), (job.Status, job.Attempt, job.Epoch));
            Series.AssertGapless(events);
            Assert.Equal(Enumerable.Range(1, epochs), Series.Epochs(events));
        }
        finally
        {
            await server.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }
}
